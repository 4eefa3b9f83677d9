#!/usr/bin/env bash
# Scans beside the bare libraries: `benches/bare.sh FILE…` for each file (xlsx, pdf, db, avro, parquet) the seconds of the processor that the
# library takes to read it all and those of a scan with one thread, its workers with it, the least of three in turns.
set -euo pipefail
cd "$(dirname "$0")/.."
cargo build --locked --quiet --release --bin phisweep --example bare
TIMEFORMAT='%U %S'
spent() { { time "$@" >/dev/null 2>&1 || true; } 2>&1 | awk '{ printf "%.2f", $1 + $2 }'; }
for file in "$@"; do
  bare= scan=
  for _ in 1 2 3; do
    bare+="$(spent target/release/examples/bare "$file") "
    scan+="$(spent target/release/phisweep scan -q --threads 1 "$file") "
  done
  least() { tr ' ' '\n' <<<"$1" | grep . | sort -n | head -1; }
  b=$(least "$bare") s=$(least "$scan")
  echo "$file: bare $b s, scan $s s, $(awk "BEGIN { printf \"%.2f\", $s / $b }") times"
done
