#!/bin/sh
# Counts instructions a message of the matching core, which unlike its time do not depend on the machine's mood.
#
# usage: benches/instructions.sh [scenario]...      (default: all)
#
# A flow is stored once. cachegrind then counts a run over its first N1 and one over its first N2 messages;
# the difference, divided by N2 - N1, is free of start-up and reading. Needs valgrind.
# `--json` as first argument prints one object for machines.
set -eu

first=500000
second=1500000
stored=2000000

json=no
if [ "${1:-}" = "--json" ]; then
    json=yes
    shift
fi
[ $# -gt 0 ] || set -- static normal swing-25 swing-40 flash-crash sweeps interleaved thousand-books

cd "$(dirname "$0")/.."
cargo build --quiet --release -p crossbook-bench
bench=${CARGO_TARGET_DIR:-target}/release/crossbook-bench
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Prints instructions and mispredicted branches of a run over the first $2 messages of the flow in $1.
count() {
    valgrind --tool=cachegrind --cache-sim=no --branch-sim=yes --cachegrind-out-file=/dev/null \
        "$bench" apply "$1" "$2" 2>"$work/log" >/dev/null || { cat "$work/log" >&2; exit 1; }
    awk '/I +refs/ { gsub(",", "", $NF); i = $NF }
         /Mispredicts/ { sub(/.*Mispredicts: */, ""); sub(/ .*/, ""); gsub(",", ""); m = $0 }
         END { print i, m }' "$work/log"
}

[ $json = yes ] && printf '{"benchmark":"instructions","rows":['
[ $json = yes ] || printf '%-15s %13s %13s\n' scenario instructions mispredicts
comma=
for scenario in "$@"; do
    "$bench" store "$scenario" $stored "$work/flow"
    few=$(count "$work/flow" $first)
    many=$(count "$work/flow" $second)
    # shellcheck disable=SC2086 # Two numbers each.
    set -- $few $many
    each=$(awk -v a="$1" -v b="$3" -v n=$((second - first)) 'BEGIN { printf "%.1f", (b - a) / n }')
    missed=$(awk -v a="$2" -v b="$4" -v n=$((second - first)) 'BEGIN { printf "%.2f", (b - a) / n }')
    if [ $json = yes ]; then
        printf '%s{"scenario":"%s","instructions_per_message":%s,"mispredicts_per_message":%s}' \
            "$comma" "$scenario" "$each" "$missed"
        comma=,
    else
        printf '%-15s %13s %13s\n' "$scenario" "$each" "$missed"
    fi
done
[ $json = yes ] && printf ']}\n'
exit 0
