#!/usr/bin/env bash
# Run all tests on every Python at hand, and with the lowest PyTorch: bash tests/matrix.sh [FOLDER]
# An environment each, of about 5 GB, is made in FOLDER (a new one under /tmp) and kept there.
set -uo pipefail
cd "$(dirname "$0")/.."
folder=${1:-$(mktemp -d)}
mkdir -p "$folder"
table=""
row() {
    table+=$(printf '%-8s %-10s %-8s %s' "$1" "$2" "$3" "$4")$'\n'
}
row Python torch seconds result
while read -r version torch; do
    python=$(tests/python.sh "$version") || { row "$version" "$torch" - "no such Python at hand"; continue; }
    place=$folder/$version-${torch//[^0-9.]/}
    if ! { "$python" -m venv "$place" && "$place/bin/pip" install -q -e '.[test]' "torch$torch"; }; then
        row "$version" "$torch" - "could not be installed"
        continue
    fi
    began=$SECONDS
    "$place/bin/python" -m pytest -p no:cacheprovider "--junitxml=$place.xml" | tee "$place.log" | tail -n 3
    row "$version" "$("$place/bin/python" -c 'import torch; print(torch.__version__.split("+")[0])')" \
        $((SECONDS - began)) "$(tail -n 1 "$place.log")"
done << 'ROWS'
3.11 >=2.8,<2.9
3.11 <2.14
3.12 <2.14
3.13 <2.14
3.14 <2.14
ROWS
printf '%s' "$table"
! grep -qE "failed|error|could not" <<< "$table"
