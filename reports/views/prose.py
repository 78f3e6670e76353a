"""The texts on method and limits, as messages."""

from __future__ import annotations

from reports.i18n import N_

#: (id, heading, paragraphs) of the page on method.
METHOD: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("question", N_("The question"), (
        N_("The register of public services is a legal act. It lists the services that the state delivers through "
           "service centres and the portal egov.kz, with a delivery form for each. Official figures say how many of "
           "them are digitised. This report takes such a figure apart: what is counted, what the counted entries "
           "deliver, how the count moved, and how sure all of this is."),
        N_("The approach follows Knox and Janenova (2019), “The e-government paradox in post-Soviet countries”, "
           "International Journal of Public Sector Management, doi:10.1108/IJPSM-08-2018-0173."),
    )),
    ("words", N_("Definitions"), (
        N_("Edition: the act's text in force from a date. Entry: one service row of one edition. Service: an "
           "entry's identity through editions, acts and languages. Listing: one service on egov.kz in one language."),
        N_("Audit date: figures of a year are those of the edition in force on 31 December, or on the date asked "
           "for."),
        N_("Digitised: the register names an electronic delivery form for the entry (fully or partially automated, "
           "electronic, proactive, by one application, composite). It is the register's own word; nothing is tried "
           "out."),
        N_("Human or social: what the recipient ultimately needs is care, treatment, teaching, a place, income "
           "support, housing or work. Transactional: a document, a record, a permission or information."),
        N_("Complete: the stated result is the thing that the recipient needs. Partial: it is a step on the way to "
           "it, such as a place in a queue, an appointment or a referral."),
    )),
    ("account", N_("The closing account"), (
        N_("Between two dates every entry is followed: it goes on, ends, begins, splits, merges or is regrouped. "
           "End less start equals births less deaths, plus what splits add, less what mergers take away, plus "
           "changes of scope. The account closes for every pair of years, or its remainder is listed."),
        N_("Register growth is the change of the count. Real growth is births less deaths: renaming, renumbering, "
           "splitting and merging add nothing to it."),
        N_("Links between rows that the evidence does not settle count as no link. Bounds give the least and the "
           "most that a term can be over every choice of them."),
    )),
    ("coding", N_("Coding and its error"), (
        N_("Every entry is coded by rules that name the words that decided; the codebook and each service's page "
           "show them. Where two people coded a sample apart, the machine's share is corrected by the errors found "
           "(Rogan–Gladen) and stands with a 95% interval from a bootstrap over the sample. Without such a sample "
           "no interval can be given, and the report says so beside the figure."),
    )),
    ("evidence", N_("Evidence"), (
        N_("Each figure leads to the entries it counts, each entry to the kept page it was read from, with address, "
           "time of capture and sha256. Kept pages are shown here as their own text and tables, without scripts, "
           "styles, pictures and links; the unchanged bytes lie in the archive (WARC), at the file and place named."),
        N_("The editions that figures of an audit date rest on are in this report as kept pages. Other editions are "
           "cited under sources with the same particulars; their rows stand word for word on the services' pages."),
    )),
    ("objections", N_("Objections"), (
        N_("Beside each headline stands the strongest objection that can be computed, and whether the headline "
           "fails under it. Three settings can turn a headline: the unit of count, the linking of rows, and the "
           "coding. The report states observations, definitions and intervals. It says nothing of anybody's intent."),
    )),
)  # fmt: skip

#: (id, heading, paragraphs) of the page on limits.
LIMITS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("not", N_("What these figures do not say"), (
        N_("They say what the register and the portal state, not whether a service works, how long it takes, what "
           "it costs or whether it is done well."),
        N_("An entry is not a service: one service can be several rows, and one row several services. That is why "
           "the count stands under four units."),
        N_("The register has no column for the result of a service. Entries without a portal page are coded by "
           "their name alone."),
        N_("Links between rows of different editions are inferred from code, position, section, provider and "
           "wording. A service that was renamed beyond recognition looks like an end and a birth."),
        N_("A page that could not be read is never taken for an absence; it is listed here and counted nowhere."),
        N_("Figures are counted in one language's text of the register. The Russian and the Kazakh text can differ; "
           "the measure of divergence says how far."),
    )),
)  # fmt: skip

#: What each code of the codebook's axes means.
MEANINGS: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    (N_("Axis 1: nature"), (
        ("transactional", N_("what the recipient ultimately needs is itself a document, a record, a permission, a "
                             "clearance or a piece of information")),
        ("human_social", N_("what the recipient ultimately needs is care, treatment, teaching, a place in an "
                            "institution, income support, housing, help to find work, family or child protection, "
                            "whatever paper is used on the way")),
        ("unclear", N_("the coder abstains; counted as unclear in every figure")),
    )),
    (N_("Axis 2: completeness"), (
        ("complete", N_("the entry's stated result is the thing the recipient ultimately needs")),
        ("partial", N_("the entry's stated result is a procedural step on the way to it, and the rest is left to "
                       "something else")),
        ("unclear", N_("the coder abstains; counted as unclear in every figure")),
    )),
)  # fmt: skip

#: What is in each file of data.
FILES: tuple[tuple[str, str], ...] = (
    ("figures.csv", N_("every figure of every audit date with its denominator, bounds and interval")),
    ("figure_entries.csv", N_("which entries each figure of the audit date counts")),
    ("entries.csv", N_("every entry of every audit date and every listing, with coding, reasons and evidence")),
    ("services.csv", N_("every service's history, one row for each run of editions in which nothing changed")),
    ("account.csv", N_("the closing account of every year, term by term")),
    ("changes.csv", N_("every change since the report of the year before, field by field")),
    ("editions.csv", N_("every edition that was read: address, time of capture, sha256, place in the archive")),
    ("not_read.csv", N_("what is known to exist and was not read")),
)
