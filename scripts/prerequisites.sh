#!/bin/sh
# Say in one line which of the programs that Crossbook is built with are missing or too old, and fail; or
# print the Python interpreter to use, and succeed. Run from the top of the checkout.
#
# It assumes a POSIX shell and nothing else, because everything else is what it looks for.

python_minimum=3.11
rust_minimum=1.90
node_minimum=20

problems=
problem() { problems="${problems:+$problems; }$1"; }

# at_least MAJOR.MINOR MINIMUM: the same for 3.9 against 3.11, where comparing text or decimals goes wrong.
at_least() {
    have_major=${1%%.*} have_rest=${1#*.} want_major=${2%%.*} want_rest=${2#*.}
    have_minor=${have_rest%%.*} want_minor=${want_rest%%.*}
    [ "$1" = "$have_rest" ] && have_minor=0
    [ "$2" = "$want_rest" ] && want_minor=0
    case "$have_major$have_minor" in '' | *[!0-9]*) return 1 ;; esac
    [ "$have_major" -gt "$want_major" ] && return 0
    [ "$have_major" -eq "$want_major" ] && [ "$have_minor" -ge "$want_minor" ]
}

# A Python is good when it is new enough and can make a virtual environment: Debian packs that part apart.
find_python() {
    python= python_found=
    for candidate in "$PYTHON" python3 python3.14 python3.13 python3.12 python3.11; do
        [ -n "$candidate" ] || continue
        version=$("$candidate" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || continue
        if ! at_least "$version" "$python_minimum"; then
            python_found="${python_found:-$candidate is $version}"
        elif ! "$candidate" -c 'import ensurepip, venv' >/dev/null 2>/dev/null; then
            python_found="$candidate cannot make virtual environments: install its venv package"
        else
            python=$candidate
            return
        fi
    done
    problem "Python $python_minimum or newer (${python_found:-none found; name one with PYTHON=})"
}

# cargo is often rustup's stand-in, which fails when the toolchain pinned in rust-toolchain.toml is neither
# installed nor to be had. A cargo without rustup ignores the pin and only has to be new enough.
find_rust() {
    if ! command -v cargo >/dev/null 2>&1; then
        problem "cargo with Rust $rust_minimum or newer (none found)"
        return
    fi
    version=$(cargo --version 2>/dev/null | sed -n 's/^cargo \([0-9]*\.[0-9]*\).*/\1/p')
    if [ -z "$version" ]; then
        pin=$(sed -n 's/^channel *= *"\(.*\)".*/\1/p' rust-toolchain.toml 2>/dev/null)
        problem "a working cargo (it cannot start Rust ${pin:-as pinned}: try 'rustup toolchain install \
${pin:-stable}', or set RUSTUP_TOOLCHAIN to an installed one of at least $rust_minimum)"
    elif ! at_least "$version" "$rust_minimum"; then
        problem "cargo with Rust $rust_minimum or newer (cargo is $version)"
    fi
}

find_node() {
    version=$(node --version 2>/dev/null) || version=
    if [ -z "$version" ]; then
        problem "Node.js $node_minimum or newer (none found)"
    elif ! at_least "${version#v}" "$node_minimum"; then
        problem "Node.js $node_minimum or newer (node is ${version#v})"
    fi
    command -v npm >/dev/null 2>&1 || problem "npm (none found)"
}

find_python
find_rust
find_node
command -v cc >/dev/null 2>&1 || problem "a C compiler (no cc found)"

if [ -n "$problems" ]; then
    echo "crossbook needs, and this machine lacks: $problems" >&2
    exit 1
fi
echo "$python"
