# shellcheck shell=bash
# ringctl's formats beside those of kcat and of franz-go, whose formatter is rpk's; sourced by compare/run.
#
# beside BOOTSTRAP: says what is equal; fails on a difference. Wants $RINGCTL, $work and $root.
beside() {
    local bootstrap=$1 format failed=0 program=$work/format
    export RINGCTL_BOOTSTRAP=$bootstrap
    "$RINGCTL" topic create beside >/dev/null
    "$RINGCTL" produce beside -f '%d %k:%H{2}%h{%k=%v,}%v\n' <<'R'
1700000000000 a:h=1,g=x,one
1700000001250 b:h=,g=2,two words
1709209815007 :u=v,w=ö,drei
R
    printf '|k|\n' | "$RINGCTL" produce beside -f '|%k|\n' -z lz4
    if ! command -v kcat >/dev/null; then
        echo "MISSING: kcat -> kcat's formats are not compared"
    else
        for format in '%t [%p] at offset %o: key %K %k payload %S %s\n' '%T %h\n' '%R%s' '%%|%o\t%o\n'; do
            if cmp <(kcat -b "$bootstrap" -C -t beside -e -q -o beginning -f "$format") \
                <("$RINGCTL" consume beside -e --kcat-format "$format"); then
                echo "ok   kcat prints what ringctl prints: $format"
            else
                echo "FAILED kcat prints something else: $format"
                failed=1
            fi
        done
        # Of the envelope the order of fields is another.
        sorted() { tr '{,}' '\n\n\n' | sort; }
        if cmp <(kcat -b "$bootstrap" -C -t beside -e -q -o beginning -J | sorted) <("$RINGCTL" consume beside -e -J | sorted); then
            echo "ok   kcat -J has what ringctl -J has"
        else
            echo "FAILED kcat -J has something else"
            failed=1
        fi
    fi
    if ! command -v go >/dev/null || ! (cd "$root/broker/clients/go" && go build -o "$program" ./format) >"$work/go.log" 2>&1; then
        echo "MISSING: Go, or its modules -> rpk's formats are not compared"
        return $failed
    fi
    for format in \
        '%t[%T] %p %o %e %k[%K] %v[%V] %H %h{(%k:%v)}%%%{%}\n' '%K{big32}%k%V{little16}%v%o{hex16}%p{byte}%o{bool}' \
        '%k{hex} %v{base64} %v{base64raw} %h{ %k{hex}=%v{base64}%V}\n' '%d %d{strftime[%Y-%m-%d %H:%M:%S %j %a %b]} %d{hex64}\n' \
        '%d{go[2006-01-02T15:04:05.000Z07:00]} %d{go##[Mon, 02 Jan 06 3:4:5 PM]##}\n' '%a{compression} %a{compression;number} %a{timestamp-type}\n' \
        '%a{transactional-bit;bool} %a{control-bit}\n' '%[ %| %] %i\n' '%x %y\n' '%t{unpack[<hBc.$]}\n' '%t{unpack[>IxBs]} %t{unpack[qQc]}\n'; do
        if cmp <("$program" print "$bootstrap" beside "$format") <("$RINGCTL" consume beside -e -f "$format"); then
            echo "ok   rpk prints what ringctl prints: $format"
        else
            echo "FAILED rpk prints something else: $format"
            failed=1
        fi
    done
    local out='%k|%v|%H|%h{%k=%v;}\n'
    "$RINGCTL" topic create read >/dev/null
    while IFS=$'\t' read -r format input; do
        if cmp <(printf '%b' "$input" | "$program" read "$format" "$out" 2>"$work/rpk.err") \
            <(printf '%b' "$input" | "$RINGCTL" produce read -f "$format" --output-format "$out" 2>"$work/ringctl.err") &&
            [[ -s $work/rpk.err && -s $work/ringctl.err || ! -s $work/rpk.err && ! -s $work/ringctl.err ]]; then
            echo "ok   rpk reads what ringctl reads: $format"
        else
            echo "FAILED rpk reads something else: $format ($(cat "$work/rpk.err") / $(cat "$work/ringctl.err"))"
            failed=1
        fi
    done <<'R'
%v\n	a\nb\n\nc\n
%k %v\n	k v\nl w x\n
%k\t%v\n	k\\tv\nl w\n
%K{big16}%k%V{ascii} %v;	\x00\x02kk3 vvv;
%K{hex8}%k%V{byte}%v	02kk\x03vvv
%V{3}%v	aaabbb
%v{hex}\n	6162\n63\n
%v{base64}\n	YWI=\n
%H{1}%h{%k=%v } %v\n	a=1  x\nb=2  y\n
%H{ascii} %h{%K{1}%k%V{2}%v}%v\n	2 axxbyyv\n
%V{big8}%v	\x05abc
R
    return $failed
}
