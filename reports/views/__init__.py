"""Records → page contexts: all wording, formatting and addresses are made here, through gettext."""
