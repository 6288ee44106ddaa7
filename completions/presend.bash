# bash completion of presend, made by "presend completions bash".

# Usage: _presend_list PREFIX WORD...: words with commas between, of which the last is being written.
_presend_list() {
	local done= last=$1
	shift
	[[ $last == *,* ]] && done=${last%,*}, last=${last##*,}
	mapfile -t COMPREPLY < <(compgen -P "$done" -W "$*" -- "$last")
	compopt -o nospace
}

_presend() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} command= word i
	COMPREPLY=()
	# bash takes --stage=draft for three words.
	if [[ $cur == = ]]; then
		cur=
	elif [[ $prev == = ]]; then
		prev=${COMP_WORDS[COMP_CWORD - 2]}
	fi
	for ((i = 1; i < COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]}
		if [[ $word == -- ]]; then
			if [[ $command == gate && i -eq COMP_CWORD-1 ]]; then
				mapfile -t COMPREPLY < <(compgen -c -- "$cur")
			fi
			compopt -o default
			return
		fi
		[[ -z $command && " lint checklist bounce preview preflight explain rules config gate init completions lsp mcp help version " == *" $word "* ]] && command=$word
	done
	case $prev in
	--stage)
		mapfile -t COMPREPLY < <(compgen -W 'template draft final received' -- "$cur")
		return
		;;
	--class)
		mapfile -t COMPREPLY < <(compgen -W 'newsletter transactional discussion' -- "$cur")
		return
		;;
	--volume)
		mapfile -t COMPREPLY < <(compgen -W 'bulk small unknown' -- "$cur")
		return
		;;
	--profile)
		_presend_list "$cur" gmail gmail-bulk yahoo outlook icloud japan-carriers law-jp law-us law-ca law-eu
		return
		;;
	--target-charset)
		mapfile -t COMPREPLY < <(compgen -W 'iso-2022-jp shift_jis utf-8' -- "$cur")
		return
		;;
	--clients)
		_presend_list "$cur" default gmail apple outlook yahoo aol thunderbird protonmail japan france germany all
		return
		;;
	--stdin-filename)
		compopt -o default
		return
		;;
	--input)
		mapfile -t COMPREPLY < <(compgen -W 'mail jsonl' -- "$cur")
		return
		;;
	--data)
		compopt -o default
		return
		;;
	--changed-since)
		return
		;;
	--now)
		return
		;;
	--select)
		_presend_list "$cur" $("$1" rules 2>/dev/null | sed 's/ .*//')
		return
		;;
	--ignore)
		_presend_list "$cur" $("$1" rules 2>/dev/null | sed 's/ .*//')
		return
		;;
	--extend-select)
		_presend_list "$cur" $("$1" rules 2>/dev/null | sed 's/ .*//')
		return
		;;
	--rules)
		compopt -o default
		return
		;;
	-o | --output)
		compopt -o default
		return
		;;
	--fail-on)
		mapfile -t COMPREPLY < <(compgen -W 'error warning info never' -- "$cur")
		return
		;;
	--max-score)
		return
		;;
	--prior)
		return
		;;
	--baseline)
		compopt -o default
		return
		;;
	--timeout)
		return
		;;
	--on-failure)
		mapfile -t COMPREPLY < <(compgen -W 'pass hold' -- "$cur")
		return
		;;
	--draft)
		compopt -o default
		return
		;;
	--message-id)
		return
		;;
	--from)
		return
		;;
	--since)
		return
		;;
	--message)
		return
		;;
	--row)
		return
		;;
	--ip)
		return
		;;
	--selector)
		return
		;;
	--mail-from)
		return
		;;
	--helo)
		return
		;;
	--resolver)
		return
		;;
	--dns-timeout)
		return
		;;
	--save-dns)
		compopt -o default
		return
		;;
	--dns)
		compopt -o default
		return
		;;
	--blocklists)
		return
		;;
	--mta-config)
		compopt -o default
		return
		;;
	--config)
		compopt -o default
		return
		;;
	--format)
		case $command in
		'' | lint) mapfile -t COMPREPLY < <(compgen -W 'text json jsonl sarif junit github gitlab checkstyle rdjson markdown html' -- "$cur") ;;
		checklist) mapfile -t COMPREPLY < <(compgen -W 'text json' -- "$cur") ;;
		bounce) mapfile -t COMPREPLY < <(compgen -W 'text json jsonl csv' -- "$cur") ;;
		preview) mapfile -t COMPREPLY < <(compgen -W 'text json' -- "$cur") ;;
		preflight) mapfile -t COMPREPLY < <(compgen -W 'text json' -- "$cur") ;;
		explain) mapfile -t COMPREPLY < <(compgen -W 'text json markdown' -- "$cur") ;;
		rules) mapfile -t COMPREPLY < <(compgen -W 'text json markdown coverage' -- "$cur") ;;
		config) mapfile -t COMPREPLY < <(compgen -W 'text markdown' -- "$cur") ;;
		esac
		return
		;;
	--lang)
		mapfile -t COMPREPLY < <(compgen -W 'en ja' -- "$cur")
		return
		;;
	--color)
		mapfile -t COMPREPLY < <(compgen -W 'auto always never' -- "$cur")
		return
		;;
	-j | --jobs)
		return
		;;
	esac
	if [[ $cur == -* ]]; then
		case $command in
		'' | lint) mapfile -t COMPREPLY < <(compgen -W '--stage --class --volume --profile --target-charset --clients --stdin-filename --input --data --staged --changed-since --now --select --ignore --extend-select --rules --no-builtin-rules --fail-on --max-score --advice --prior --fix --unsafe-fixes --diff --baseline --write-baseline --no-inline-ignores --config --isolated --force-exclude --format --lang --verbose --quiet --statistics --color --jobs --help --version ' -- "$cur") ;;
		checklist) mapfile -t COMPREPLY < <(compgen -W '--stage --class --volume --profile --target-charset --clients --stdin-filename --staged --changed-since --now --select --ignore --extend-select --rules --no-builtin-rules --fail-on --max-score --baseline --write-baseline --no-inline-ignores --ip --selector --mail-from --helo --dns --blocklists --mta-config --config --isolated --force-exclude --format --lang --verbose --quiet --color --jobs --help --version ' -- "$cur") ;;
		bounce) mapfile -t COMPREPLY < <(compgen -W '--stdin-filename --now --summary --draft --message-id --from --since --format --lang --verbose --quiet --color --help --version ' -- "$cur") ;;
		preview) mapfile -t COMPREPLY < <(compgen -W '--clients --stdin-filename --data --message --row --config --isolated --format --lang --color --help --version ' -- "$cur") ;;
		preflight) mapfile -t COMPREPLY < <(compgen -W '--volume --stdin-filename --now --fail-on --ip --selector --mail-from --helo --resolver --dns-timeout --save-dns --dns --blocklists --mta-config --config --isolated --format --lang --verbose --color --help --version ' -- "$cur") ;;
		explain) mapfile -t COMPREPLY < <(compgen -W '--rules --no-builtin-rules --config --isolated --format --lang --color --help --version ' -- "$cur") ;;
		rules) mapfile -t COMPREPLY < <(compgen -W '--rules --no-builtin-rules --output --config --isolated --format --lang --color --help --version ' -- "$cur") ;;
		config) mapfile -t COMPREPLY < <(compgen -W '--stage --class --volume --profile --target-charset --clients --stdin-filename --now --select --ignore --extend-select --rules --no-builtin-rules --fail-on --max-score --no-inline-ignores --config --isolated --print --schema --format --lang --quiet --color --help --version ' -- "$cur") ;;
		gate) mapfile -t COMPREPLY < <(compgen -W '--stage --class --volume --profile --target-charset --clients --stdin-filename --now --select --ignore --extend-select --rules --no-builtin-rules --fail-on --max-score --baseline --no-inline-ignores --timeout --on-failure --config --isolated --lang --quiet --color --help --version ' -- "$cur") ;;
		init) mapfile -t COMPREPLY < <(compgen -W '--lang --color --help --version ' -- "$cur") ;;
		completions) mapfile -t COMPREPLY < <(compgen -W '--lang --color --help --version ' -- "$cur") ;;
		lsp) mapfile -t COMPREPLY < <(compgen -W '--stage --class --volume --profile --target-charset --clients --now --select --ignore --extend-select --rules --no-builtin-rules --no-inline-ignores --config --isolated --lang --color --help --version ' -- "$cur") ;;
		mcp) mapfile -t COMPREPLY < <(compgen -W '--lang --color --help --version ' -- "$cur") ;;
		help) mapfile -t COMPREPLY < <(compgen -W '--lang --color --help --version ' -- "$cur") ;;
		version) mapfile -t COMPREPLY < <(compgen -W '--lang --color --help --version ' -- "$cur") ;;
		esac
		return
	fi
	case $command in
	'')
		mapfile -t COMPREPLY < <(compgen -W 'lint checklist bounce preview preflight explain rules config gate init completions lsp mcp help version' -- "$cur"; compgen -f -- "$cur")
		compopt -o filenames
		;;
	lint)
		compopt -o default
		;;
	checklist)
		compopt -o default
		;;
	bounce)
		compopt -o default
		;;
	preview)
		compopt -o default
		;;
	preflight)
		compopt -o default
		;;
	explain)
		mapfile -t COMPREPLY < <(compgen -W "$("$1" rules 2>/dev/null | sed 's/ .*//')" -- "$cur")
		;;
	rules)
		if [[ $prev == check ]]; then
			mapfile -t COMPREPLY < <(compgen -d -- "$cur")
			compopt -o filenames
		else
			mapfile -t COMPREPLY < <(compgen -W check -- "$cur")
		fi
		;;
	config)
		compopt -o default
		;;
	completions)
		mapfile -t COMPREPLY < <(compgen -W 'bash zsh fish' -- "$cur")
		;;
	help)
		mapfile -t COMPREPLY < <(compgen -W 'lint checklist bounce preview preflight explain rules config gate init completions lsp mcp help version' -- "$cur")
		;;
	esac
}
complete -F _presend presend
