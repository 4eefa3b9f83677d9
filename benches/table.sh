#!/bin/sh
# Prints the tables of README.md: ratios by time, and instructions a byte where valgrind is installed.
# Usage: benches/table.sh [size of the data in MiB]
set -eu
cd "$(dirname "$0")/.."
cargo bench --quiet --bench table -- "${1:-2}"
command -v valgrind >/dev/null || exit 0
profile=$(cargo bench --no-run --bench profile 2>&1 | sed -n 's/.*(\(.*\)).*/\1/p; s/.*Executable.*(\(.*\))/\1/p' | tail -1)
instructions() {
    valgrind --tool=callgrind --callgrind-out-file=/dev/null "$profile" "$@" 2>&1 | sed -n 's/.*I *refs: *//p' | tr -d ,
}
printf '\ninstructions a byte, avx2\n\n| | five shapes | all shapes | many shapes |\n| --- | --- | --- | --- |\n'
for data in "program text" claims patients; do
    printf '| %s' "$data"
    for set in five all many; do
        # Two rounds more, over 1 MiB each: what they cost is the search alone.
        one=$(instructions "$data" avx2 "$set" 1)
        three=$(instructions "$data" avx2 "$set" 3)
        awk -v a="$one" -v b="$three" 'BEGIN { printf " | %.2f", (b - a) / 2 / 1048576 }'
    done
    printf ' |\n'
done
