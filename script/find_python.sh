# Finds a Python of 3.11 or newer that can make environments, and puts its name into $python.
# Read by the scripts beside it, never run on its own.

is_new_enough='import sys; sys.exit(sys.version_info < (3, 11))'
makes_environments='import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))'

python=
for name in .venv/bin/python python3.13 python3.12 python3.11 python3 python3.14 python; do
    command -v "$name" >/dev/null 2>&1 || continue
    if "$name" -c "$makes_environments" >/dev/null 2>&1; then
        python=$name
        break
    fi
done

if [ -z "$python" ]; then
    for name in python3.13 python3.12 python3.11 python3 python3.14 python; do
        "$name" -c "$is_new_enough" >/dev/null 2>&1 || continue
        version=$("$name" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
        echo "Python $version is here, but not its venv module." >&2
        echo "Install it, then start again. On Debian: apt-get install python$version-venv" >&2
        exit 1
    done
    echo "This needs Python 3.11 or newer, and none was found." >&2
    echo "Install it, then start again. On Debian: apt-get install python3 python3-venv" >&2
    exit 1
fi
