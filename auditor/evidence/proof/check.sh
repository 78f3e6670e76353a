#!/bin/bash
# Checks this folder with warcio, sha256sum and the shell. Ends with 0 and "all fits", or says what does not.
set -u
cd "$(dirname "$0")" || exit 1
bad=0
wrong() { echo "DOES NOT FIT: $*"; bad=1; }
sum() { sha256sum | cut -c1-64; }
bytes() { printf "$(printf '%s' "$1" | sed 's/../\\x&/g')"; }
field() { sed -n "s/^ \"$1\": \"\\(.*\\)\",\\{0,1\\}\$/\\1/p" "$2"; }

sha256sum --quiet --strict -c SHA256SUMS || wrong "a file is not the one that was put here"
warcio check evidence.warc.gz || wrong "evidence.warc.gz: a page does not fit its own sums"
[ "$(cat records/*.warc.gz | sum)" = "$(sum < evidence.warc.gz)" ] || wrong "records/ is not evidence.warc.gz in pieces"

# Each page named in entries.csv, by its offset and sum: the last columns, which hold no quoted text.
while read -r offset page; do
  found=$(warcio extract --payload evidence.warc.gz "$offset" | sum)
  [ "$found" = "$page" ] || wrong "the page at offset $offset has the sum $found, not $page"
done < <(sed -n 's/.*,\([0-9a-f]\{64\}\),\([0-9]*\),records\/[0-9]*\.warc\.gz$/\2 \1/p' entries.csv | sort -u)

for proof in proofs/*.txt; do
  [ -e "$proof" ] || continue
  while read -r word rest; do
    case $word in
      record) record=$rest ;;
      manifest) manifest=$rest ;;
      leaf)
        [ "$(sum < "$record")" = "${rest##* }" ] || wrong "$record is not the record of $proof"
        hash=$( { printf '\0'; printf '%s' "$rest"; } | sum) ;;
      left) hash=$(bytes "01$rest$hash" | sum) ;;
      right) hash=$(bytes "01$hash$rest" | sum) ;;
      root)
        [ "$hash" = "$rest" ] || wrong "$proof does not lead to its root"
        [ "$rest" = "$(field root "$manifest")" ] || wrong "$manifest has another root than $proof" ;;
    esac
  done < "$proof"
done

all=$(sha256sum chain/*.json | cut -c1-64)
for kind in manifest seal; do
  before=""
  for file in chain/$kind-*.json; do
    [ -e "$file" ] || continue
    [ "$(field previous "$file")" = "$before" ] || wrong "$file does not follow the one before it"
    before=$(sum < "$file")
    for name in seal archive; do
      other=$(field $name "$file")
      [ -z "$other" ] || grep -q "$other" <<< "$all" || wrong "$file names a $name that is not here"
    done
  done
done

# Time stamps, where there are any and openssl is at hand: each is over one file here. -attime: the authority's
# certificate had to be good when it signed, and may have lapsed since.
for token in chain/*.tsr; do
  [ -e "$token" ] || continue
  name=${token%.tsr}
  over=$(field root "$name.json")
  file=$(sha256sum chain/*.json | grep -F -- "${over:-none}  " | cut -c67-)
  [ -e "$file" ] || { wrong "$token is over $over, which is the sum of nothing here"; continue; }
  command -v openssl > /dev/null || { echo "no openssl here: $token was not checked"; continue; }
  at=$(openssl ts -reply -in "$token" -text 2> /dev/null | sed -n 's/^Time stamp: //p')
  seconds=$(date -u -d "$at" +%s 2> /dev/null)
  if openssl ts -verify -data "$file" -in "$token" -CAfile "$name.pem" ${seconds:+-attime "$seconds"} > /dev/null 2>&1
  then echo "$file was there on $at: $token"
  else wrong "$token is no stamp of $file"
  fi
done
grep -q "$(cat chain/root.txt)" <<< "$all" || wrong "chain/root.txt is the sum of nothing here"
[ $bad = 0 ] && echo "all fits; the root is $(cat chain/root.txt)"
exit $bad
