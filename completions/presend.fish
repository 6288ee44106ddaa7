# fish completion of presend, made by "presend completions fish".

# The command on the line; lint where none is named.
function __presend_command
	for word in (commandline -opc)[2..]
		if contains -- $word lint checklist bounce preview preflight explain rules config gate init completions lsp mcp help version
			echo $word
			return
		end
	end
	echo none
end

function __presend_in
	contains -- (__presend_command) $argv
end

function __presend_rules
	set -l words (commandline -opc)
	$words[1] rules 2>/dev/null | string replace -r ' .*' ''
end

complete -c presend -n '__presend_in none' -a lint -d 'check drafts, newsletters and templates (the default command)'
complete -c presend -n '__presend_in none' -a checklist -d 'everything that receivers and laws ask, row by row, with what became of it'
complete -c presend -n '__presend_in none' -a bounce -d 'read what came back: why, and which rule to look at'
complete -c presend -n '__presend_in none' -a preview -d 'the inbox row and the mail as readers see them'
complete -c presend -n '__presend_in none' -a preflight -d 'what only DNS can tell: SPF, DKIM, DMARC, reverse DNS (uses the network)'
complete -c presend -n '__presend_in none' -a explain -d 'why a rule exists, its source, examples, how to mend what it finds'
complete -c presend -n '__presend_in none' -a rules -d 'list the rules in force, test rules of your own, or compile them'
complete -c presend -n '__presend_in none' -a config -d 'the configuration in force for a path, or its JSON Schema'
complete -c presend -n '__presend_in none' -a gate -d 'check standard input and hand the same bytes to COMMAND, or refuse'
complete -c presend -n '__presend_in none' -a init -d 'write a presend.toml to begin with and, in a git repository, the hook'
complete -c presend -n '__presend_in none' -a completions -d 'print the completion script of a shell'
complete -c presend -n '__presend_in none' -a lsp -d 'a language server, for editors: findings as you type, and their fixes'
complete -c presend -n '__presend_in none' -a mcp -d 'tools for AI agents (Model Context Protocol)'
complete -c presend -n '__presend_in none' -a help -d 'options and examples of a command'
complete -c presend -n '__presend_in none' -a version -d 'print the version'
complete -c presend -n '__presend_in lint' -F
complete -c presend -n '__presend_in checklist' -F
complete -c presend -n '__presend_in bounce' -F
complete -c presend -n '__presend_in preview' -F
complete -c presend -n '__presend_in preflight' -F
complete -c presend -n '__presend_in explain' -f -a '(__presend_rules)'
complete -c presend -n '__presend_in rules' -f -a 'check (__fish_complete_directories)'
complete -c presend -n '__presend_in config' -F
complete -c presend -n '__presend_in gate' -f
complete -c presend -n '__presend_in init' -f
complete -c presend -n '__presend_in completions' -f -a 'bash zsh fish'
complete -c presend -n '__presend_in lsp' -f
complete -c presend -n '__presend_in mcp' -f
complete -c presend -n '__presend_in help' -f -a 'lint checklist bounce preview preflight explain rules config gate init completions lsp mcp help version'
complete -c presend -n '__presend_in version' -f
complete -c presend -n '__presend_in none lint checklist config gate lsp' -l stage -x -a 'template draft final received' -d 'what the file is'
complete -c presend -n '__presend_in none lint checklist config gate lsp' -l class -x -a 'newsletter transactional discussion' -d 'newsletter (default), transactional, discussion'
complete -c presend -n '__presend_in none lint checklist preflight config gate lsp' -l volume -x -a 'bulk small unknown' -d 'bulk, small, unknown (default)'
complete -c presend -n '__presend_in none lint checklist config gate lsp' -l profile -x -a '(__fish_append , gmail gmail-bulk yahoo outlook icloud japan-carriers law-jp law-us law-ca law-eu)' -d 'receivers and laws'
complete -c presend -n '__presend_in none lint checklist config gate lsp' -l target-charset -x -a 'iso-2022-jp shift_jis utf-8' -d 'the charset in which the list system will send (iso-2022-jp, shift_jis, utf-8), if it is not the draft\'s'
complete -c presend -n '__presend_in none lint checklist preview config gate lsp' -l clients -x -a '(__fish_append , default gmail apple outlook yahoo aol thunderbird protonmail japan france germany all)' -d 'mail clients of the readers, such as outlook-windows, or presets'
complete -c presend -n '__presend_in none lint checklist bounce preview preflight config gate' -l stdin-filename -r -F -d 'name of standard input in reports'
complete -c presend -n '__presend_in none lint' -l input -x -a 'mail jsonl' -d 'jsonl'
complete -c presend -n '__presend_in none lint preview' -l data -r -F -d 'fill templates in with each row of FILE (CSV, JSON) and check what every recipient gets'
complete -c presend -n '__presend_in none lint checklist' -l staged -d 'check what is staged in git, as it is in the index'
complete -c presend -n '__presend_in none lint checklist' -l changed-since -x -d 'check what changed since HEAD left this revision, and new files'
complete -c presend -n '__presend_in none lint checklist bounce preflight config gate lsp' -l now -x -d 'take this as the present time (ISO 8601)'
complete -c presend -n '__presend_in none lint checklist config gate lsp' -l select -x -a '(__fish_append , (__presend_rules))' -d 'run only these rules'
complete -c presend -n '__presend_in none lint checklist config gate lsp' -l ignore -x -a '(__fish_append , (__presend_rules))' -d 'do not run these rules'
complete -c presend -n '__presend_in none lint checklist config gate lsp' -l extend-select -x -a '(__fish_append , (__presend_rules))' -d 'run these rules, too, even those that are off by default'
complete -c presend -n '__presend_in none lint checklist explain rules config gate lsp' -l rules -r -F -d 'add the rules of a folder, or of a file of presend rules compile'
complete -c presend -n '__presend_in none lint checklist explain rules config gate lsp' -l no-builtin-rules -d 'leave the built-in rules out'
complete -c presend -n '__presend_in rules' -s o -l output -r -F -d 'what rules compile writes'
complete -c presend -n '__presend_in none lint checklist preflight config gate' -l fail-on -x -a 'error warning info never' -d 'exit with 1 if a finding has this severity or a higher one'
complete -c presend -n '__presend_in none lint checklist config gate' -l max-score -x -d 'exit with 1 when the score is above N points'
complete -c presend -n '__presend_in none lint' -l advice -d 'say which few places to change so that the score comes to --max-score (5 without it) or below'
complete -c presend -n '__presend_in none lint' -l prior -x -d 'share of spam in all mail that the probability is to speak of, above 0 and below 1'
complete -c presend -n '__presend_in none lint' -l fix -d 'mend what has one right answer, in the files themselves'
complete -c presend -n '__presend_in none lint' -l unsafe-fixes -d 'with --fix or --diff'
complete -c presend -n '__presend_in none lint' -l diff -d 'show what --fix would change, and change nothing'
complete -c presend -n '__presend_in none lint checklist gate' -l baseline -r -F -d 'leave out the findings that this baseline knows'
complete -c presend -n '__presend_in none lint checklist' -l write-baseline -d 'write all findings into the baseline (--baseline, else presend-baseline.json)'
complete -c presend -n '__presend_in none lint checklist config gate lsp' -l no-inline-ignores -d 'obey no presend-ignore comment and no X-Presend-Ignore field'
complete -c presend -n '__presend_in gate' -l timeout -x -d 'how long a mail may be looked at, 60 by default'
complete -c presend -n '__presend_in gate' -l on-failure -x -a 'pass hold' -d 'what becomes of a mail that could not be checked'
complete -c presend -n '__presend_in bounce' -l summary -d 'count by reply and receiver'
complete -c presend -n '__presend_in bounce' -l draft -r -F -d 'check this draft with the rules that the replies lead to'
complete -c presend -n '__presend_in bounce' -l message-id -x -d 'only what came back of the mail with this Message-ID'
complete -c presend -n '__presend_in bounce' -l from -x -d 'only mail of this sender'
complete -c presend -n '__presend_in bounce' -l since -x -d 'only what came back since then (ISO 8601)'
complete -c presend -n '__presend_in preview' -l message -x -d 'which message of an mbox, 1 by default'
complete -c presend -n '__presend_in preview' -l row -x -d 'with --data'
complete -c presend -n '__presend_in checklist preflight' -l ip -x -d 'an address that sends, IPv4 or IPv6'
complete -c presend -n '__presend_in checklist preflight' -l selector -x -d 'a DKIM selector that will be signed with, or NAME._domainkey.DOMAIN'
complete -c presend -n '__presend_in checklist preflight' -l mail-from -x -d 'the envelope address, or its domain'
complete -c presend -n '__presend_in checklist preflight' -l helo -x -d 'the name that the sending server says in EHLO'
complete -c presend -n '__presend_in preflight' -l resolver -x -d 'the DNS server to ask, instead of the system\'s'
complete -c presend -n '__presend_in preflight' -l dns-timeout -x -d 'how long DNS may take in all, 30 by default'
complete -c presend -n '__presend_in preflight' -l save-dns -r -F -d 'write every answer of DNS into FILE'
complete -c presend -n '__presend_in checklist preflight' -l dns -r -F -d 'take the answers from FILE, as --save-dns wrote it, and use no network'
complete -c presend -n '__presend_in checklist preflight' -l blocklists -x -d 'ask these block lists about the addresses, the domain and the links'
complete -c presend -n '__presend_in checklist preflight' -l mta-config -r -F -d 'settings of the mail server (Postfix, sendmail, Exim)'
complete -c presend -n '__presend_in none lint checklist preview preflight explain rules config gate lsp' -l config -r -F -d 'the configuration file, instead of the presend.toml found upwards from each file'
complete -c presend -n '__presend_in none lint checklist preview preflight explain rules config gate lsp' -l isolated -d 'read no configuration file'
complete -c presend -n '__presend_in none lint checklist' -l force-exclude -d 'leave excluded files out even where they are named'
complete -c presend -n '__presend_in config' -l print -d 'what is in force for PATH, with the origin of each value (the default)'
complete -c presend -n '__presend_in config' -l schema -d 'the JSON Schema of presend.toml, for editors'
complete -c presend -n '__presend_in none lint' -l format -x -a 'text json jsonl sarif junit github gitlab checkstyle rdjson markdown html' -d 'the report'
complete -c presend -n '__presend_in checklist' -l format -x -a 'text json' -d 'the report'
complete -c presend -n '__presend_in bounce' -l format -x -a 'text json jsonl csv' -d 'the report'
complete -c presend -n '__presend_in preview' -l format -x -a 'text json' -d 'the report'
complete -c presend -n '__presend_in preflight' -l format -x -a 'text json' -d 'the report'
complete -c presend -n '__presend_in explain' -l format -x -a 'text json markdown' -d 'the report'
complete -c presend -n '__presend_in rules' -l format -x -a 'text json markdown coverage' -d 'the report'
complete -c presend -n '__presend_in config' -l format -x -a 'text markdown' -d 'the report'
complete -c presend -n '__presend_in none lint checklist bounce preview preflight explain rules config gate init completions lsp mcp help version' -l lang -x -a 'en ja' -d 'language of the messages'
complete -c presend -n '__presend_in none lint checklist bounce preflight' -s v -l verbose -d 'show every info remark and repeated finding'
complete -c presend -n '__presend_in none lint checklist bounce config gate' -s q -l quiet -d 'only the summary'
complete -c presend -n '__presend_in none lint' -l statistics -d 'count the findings by rule'
complete -c presend -n '__presend_in none lint checklist bounce preview preflight explain rules config gate init completions lsp mcp help version' -l color -x -a 'auto always never' -d 'whether to use colours'
complete -c presend -n '__presend_in none lint checklist' -s j -l jobs -x -d 'how many files to check at the same time'
complete -c presend -n '__presend_in none lint checklist bounce preview preflight explain rules config gate init completions lsp mcp help version' -s h -l help -d 'show this text'
complete -c presend -n '__presend_in none lint checklist bounce preview preflight explain rules config gate init completions lsp mcp help version' -s V -l version -d 'show the version'
