"""The evidence archive: every page that was asked for, as it came, in files that anybody can check.

    warc/{run}.warc.gz        WARC/1.1, one gzip member a record: warcinfo, then answer and request of each asking
    warc/{run}.torn           only after a kill: the bytes of the record that was being written
    index/{run}.jsonl         one line a capture: address, time, sha256, verdict, where the record lies
    runs/{run}/run.json       what was asked for, with which versions, and how it ended
    runs/{run}/fetches.jsonl  how the asking for each address ended
    runs/{run}/issues.jsonl   what went wrong or was odd
    manifests/{run}.json      written last: sha256 and size of all these, and the sha256 of the manifest before
    open/                     runs in progress, and the lock on the chain

The WARC file alone is enough to make the index again. A run without its manifest does not exist; the next run seals
as `interrupted` what a killed process left. The chain shows any change to what was sealed before its last manifest; to
show that nothing was cut off its end either, note the last manifest's sha256 elsewhere (`egov-audit verify --holds`).
"""
