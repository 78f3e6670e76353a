"""The evidence archive: every page that was asked for, as it came, in files that anybody can check.

    warc/{run}.warc.gz        WARC/1.1, one gzip member a record: warcinfo, then answer and request of each asking
    warc/{run}.torn           only after a kill: the bytes of the record that was being written
    index/{run}.jsonl         one line a capture: address, time, sha256, verdict, where the record lies
    runs/{run}/run.json       what was asked for, with which versions, and how it ended
    runs/{run}/fetches.jsonl  how the asking for each address ended
    runs/{run}/issues.jsonl   what went wrong or was odd
    leaves/{run}.txt          one line a record of these: path, offset, length, sha256
    manifests/{run}.json      written last: sha256 of all these, Merkle root over their records, manifest before
    seals/{number}.json       roots over database, reports and releases, and time stamps; see `seals.py`
    open/                     runs in progress, and the lock on the chain

The WARC file alone is enough to make the index again. A run without its manifest does not exist; the next run seals
as `interrupted` what a killed process left. The chain shows any change to what was sealed before its last manifest; to
show that nothing was cut off its end or written anew, keep a root elsewhere (`egov-audit root`, `verify --root`).
"""
