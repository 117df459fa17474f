#!/bin/sh
# Take the picture of the quickstart's report that the README shows. Needs Debian's chromium.
set -eu
cd "$(dirname "$0")/.."
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
.venv/bin/crossbook run configs/quickstart.yaml --out "$out" >/dev/null
page=$(echo "$out"/*/report.html)
for theme in light dark; do
    chromium --headless --no-sandbox --disable-gpu --disable-background-networking --hide-scrollbars \
        --window-size=1440,1560 --virtual-time-budget=5000 --user-data-dir="$out/profile" \
        --screenshot="$PWD/docs/pictures/report-$theme.png" "file://$page#$theme" 2>/dev/null
done
