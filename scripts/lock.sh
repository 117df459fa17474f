#!/bin/sh
# Pin every package of pyproject.toml, with hashes, in requirements/. Run it as `make lock`.
#
# The pins hold for every platform and every Python from 3.11 on. They name no index: a package comes from
# whichever one the installing machine uses, and its hash proves that it is the same file.
set -eu
cd "$(dirname "$0")/.."
export UV_CUSTOM_COMPILE_COMMAND="make lock"

compile() {
    output=$1
    shift
    .venv/bin/uv --quiet --no-config pip compile --universal --python-version 3.11 --upgrade \
        --generate-hashes --no-annotate "$@" --output-file "requirements/$output" >/dev/null
}

compile dev.txt pyproject.toml --group dev
compile bench.txt pyproject.toml --group dev --group bench --constraint requirements/dev.txt
echo "uv==$(.venv/bin/uv --version | cut -d ' ' -f 2)" | compile bootstrap.txt -
compile rivals.txt --group rivals
