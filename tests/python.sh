#!/usr/bin/env bash
# Print the path of an interpreter of a version, of pyenv or of the PATH: tests/python.sh 3.13
for python in "${PYENV_ROOT:-$HOME/.pyenv}/versions/$1".*/bin/python "$(command -v "python$1")"; do
    if [ -x "$python" ] && "$python" -c "import sys; sys.exit('%d.%d' % sys.version_info[:2] != '$1')" 2> /dev/null; then
        echo "$python"
        exit 0
    fi
done
exit 1
