#!/usr/bin/env bash
# Times whole scans beside `wc -l` and `rg -c`, and prints the table of README.md. The data is made once, and what a scan
# finds in it is held against what was made before anything is timed. Takes the least of several runs, all in turns.
# Usage: benches/scan.sh [size in MiB] [runs] [folder for the data]
set -euo pipefail
cd "$(dirname "$0")/.."
size=${1:-256}
runs=${2:-5}
data=${3:-${TMPDIR:-/tmp}/phisweep-scan-data-$size}
cargo build --release --quiet
scan=${PHISWEEP:-target/release/phisweep}
if [ ! -s "$data/rows" ]; then
    cargo run --release --quiet --example scan_data -- "$data" "$size" >"$data.rows"
    mv "$data.rows" "$data/rows"
fi
# shellcheck disable=SC1091
. "$data/rows"
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

# What a scan must come to. The exit code is 1 where something is found, and 0 where nothing is.
# shellcheck disable=SC2154
{
    check() {
        local what=$1 code=0 got
        shift
        "$scan" scan "$data/$what" -o "$out/x.jsonl" >/dev/null || code=$?
        # Whole first: a pipe that ends early would fail.
        got=$(grep '"type":"\(finding\|summary\)"' "$out/x.jsonl"; echo "exit $code")
        for wanted in "$@"; do
            if ! grep -q -- "$wanted" <<<"$got"; then
                echo "$what: the scan did not find $wanted" >&2
                exit 1
            fi
        done
    }
    check program.txt '"people":0,' "exit 0"
    check claims.csv '"people":0,' "exit 0"
    check patients.csv "\"identifier\":\"ssn\".*\"matches\":$patients,.*\"records\":$patients," \
        "\"identifier\":\"birth-date\".*\"matches\":$patients," "\"identifier\":\"email\".*\"matches\":$patients," "exit 1"
    check tree '"complete":40000,' "exit 0"
}

# Seconds, to the hundredth of a millisecond, that a command takes.
seconds() {
    local begun=$EPOCHREALTIME
    "$@" >/dev/null 2>&1 || true
    awk -v a="$begun" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.5f\n", b - a }'
}

shapes=(-e '\b\d{3}[- ]\d{2}[- ]\d{4}\b' -e '\b\d{8,10}\b' -e '\b\d{4}-\d{2}-\d{2}\b' -e '\b\d{1,2}/\d{1,2}/\d{4}\b'
    -e '\b[1-9][A-Z][A-Z0-9]\d[A-Z][A-Z0-9]\d[A-Z]{2}\d{2}\b')

# Prints a row: what, the command beside it, and the scan.
row() {
    local what=$1 beside=$2 least_beside=999999 least=999999 one=999999 t
    shift 2
    for _ in $(seq "$runs"); do
        t=$(seconds "$@" "$data/$what")
        least_beside=$(printf '%s\n%s\n' "$t" "$least_beside" | sort -g | head -1)
        t=$(seconds "$scan" scan "$data/$what" -o "$out/x.jsonl" --threads 2)
        least=$(printf '%s\n%s\n' "$t" "$least" | sort -g | head -1)
        t=$(seconds "$scan" scan "$data/$what" -o "$out/x.jsonl" --threads 1)
        one=$(printf '%s\n%s\n' "$t" "$one" | sort -g | head -1)
    done
    awk -v what="$what" -v beside="$beside" -v a="$least_beside" -v b="$least" -v c="$one" 'BEGIN {
        printf "| %s | %s %.3f s | %.3f s | %.1fx | %.3f s | %.2fx |\n", what, beside, a, b, b / a, c, c / b }'
}

printf '| data, %s MiB | beside | scan, 2 threads | ratio | scan, 1 thread | 1 to 2 threads |\n| --- | --- | --- | --- | --- | --- |\n' "$size"
for what in program.txt claims.csv patients.csv; do
    row "$what" "wc -l" wc -l
done
if command -v rg >/dev/null; then
    row tree "rg -c" rg -c "${shapes[@]}"
else
    row tree "grep -rEc" grep -rEc '[0-9]{3}-[0-9]{2}-[0-9]{4}'
fi
if [ -x /usr/bin/time ]; then
    for what in program.txt claims.csv patients.csv tree; do
        { /usr/bin/time -f '%M' "$scan" scan "$data/$what" -o "$out/x.jsonl" --threads 2 >/dev/null; } 2>"$out/peak" || true
        printf '\npeak memory, %s: %s MiB\n' "$what" "$(($(tail -1 "$out/peak") / 1024))"
    done
fi
