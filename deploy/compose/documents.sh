#!/bin/sh
# Says which folders of this machine containers file: each is /documents/NAME there, read-only, and keeps its name.
#   sh deploy/compose/documents.sh [NAME=]FOLDER ...     adds folders; NAME is the folder's own where none is given
#   sh deploy/compose/documents.sh                       lists them
#   sh deploy/compose/documents.sh --without NAME        no longer looks at one; what is known of its files stays
#   sh deploy/compose/documents.sh --moved NAME=FOLDER   says that one lies somewhere else by now
# It writes documents.yaml, which compose.yaml reads. Nothing in the folders is touched.
set -eu

file=documents.yaml
list=$(mktemp)
trap 'rm -f "$list" "$list.new" "$list.left"' EXIT
tab=$(printf '\t')
touch "$list.left"
if [ -f "$file" ]; then
    sed -n 's/^# folder: //p' "$file" > "$list"
    sed -n 's/^# left: //p' "$file" > "$list.left"  # the library knows files by these names still
fi

fail() {
    echo "documents: $1" >&2
    exit 2
}

path_of() { # of a name that is known, else nothing
    while IFS="$tab" read -r known path; do
        [ "$known" != "$1" ] || printf '%s' "$path"
    done < "$2"
}

forget() { # a name, of a list
    awk -F '\t' -v name="$1" '$1 "" != name' "$2" > "$list.new"  # as text: 1 is not 1.0
    mv "$list.new" "$2"
}

quoted() { # for YAML, and for compose, to which $ means a variable
    printf '%s' "$1" | sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/\$/$$/g'
}

add() { # [NAME=]FOLDER, and whether a known name may get another folder
    name=${1%%=*}
    folder=${1#*=}
    case $1 in
        /* | ./* | ../*) folder=$1; name='' ;;
        *=*) ;;
        *) name='' ;;
    esac
    [ -d "$folder" ] || fail "there is no folder $folder: nothing was changed"
    folder=$(cd "$folder" && pwd -P)
    [ -n "$name" ] || name=$(basename "$folder" | tr -c 'A-Za-z0-9._\n-' '-' | sed 's/^[.-]*//')
    case $name in
        '' | .* | -* | *[!A-Za-z0-9._-]*) fail "'$name' is no name for $folder: say NAME=$folder, of letters and digits" ;;
    esac
    case $folder in
        *"$tab"* | *"
"*) fail "a path with a tab or a line break cannot be mounted: $folder" ;;
    esac
    before=$(path_of "$name" "$list")$(path_of "$name" "$list.left")
    if [ -n "$before" ] && [ "$before" != "$folder" ] && [ "$2" = new ]; then
        fail "$name means $before: say ANOTHER_NAME=$folder, or, if that folder was moved, --moved $name=$folder"
    fi
    forget "$name" "$list"
    forget "$name" "$list.left"
    printf '%s\t%s\n' "$name" "$folder" >> "$list"
}

write() {
    {
        echo "# Written by deploy/compose/documents.sh: say there what is to change."
        sed 's/^/# folder: /' "$list"
        sed 's/^/# left: /' "$list.left"
        echo "services:"
        echo "  add:"
        if [ -s "$list" ]; then
            echo "    command:"
            printf '      - add\n      - --no-wait\n'
            cut -f 1 "$list" | sed 's|.*|      - /documents/&|'
            echo "    volumes:"
            while IFS="$tab" read -r name folder; do
                printf '      - {type: bind, source: "%s", target: /documents/%s, read_only: true, bind: {create_host_path: false}}\n' \
                    "$(quoted "$folder")" "$name"
            done < "$list"
        else
            # what is said after `add` still runs: the library may hold files of folders that were left
            cat <<'END'
    entrypoint:
      - sh
      - -c
      - |
        [ "$${1:-serve}" = serve ] || exec twolane "$$@"
        echo "no folder is named yet: sh deploy/compose/documents.sh FOLDER" >&2
        exit 2
      - twolane
END
        fi
    } > "$file.new"
    mv "$file.new" "$file"
}

case ${1:-} in
    --without)
        [ $# = 2 ] && [ -n "$(path_of "$2" "$list")" ] || fail "say --without and a name: $(cut -f 1 "$list" | tr '\n' ' ')"
        printf '%s\t%s\n' "$2" "$(path_of "$2" "$list")" | tee -a "$list.left" \
            | sed "s|$tab| (|; s|\$|) is no longer looked at; its files stay in the library until: remove /documents/$2|"
        forget "$2" "$list"
        ;;
    --moved)
        [ $# = 2 ] && [ -n "$(path_of "${2%%=*}" "$list")" ] || fail "say --moved NAME=FOLDER, of: $(cut -f 1 "$list" | tr '\n' ' ')"
        add "$2" moved
        ;;
    -*) fail "'$1' is not understood: see the top of $0" ;;
    *) for folder in "$@"; do add "$folder" new; done ;;
esac
[ $# = 0 ] && [ -f "$file" ] || write
while IFS="$tab" read -r name folder; do echo "/documents/$name is $folder"; done < "$list"
[ -s "$list" ] || echo "no folder is named yet: sh deploy/compose/documents.sh FOLDER"
