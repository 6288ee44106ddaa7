#!/bin/bash
# The sources of the rule files: every address is https, one address has one name, a date is a date, and an RFC is one that was read.
# Usage: tests/sources.sh [FOLDER-OF-RULES]
set -u
cd "$(dirname "$0")/.." || exit 2
export LC_ALL=C.UTF-8

folder=${1:-rules.d}
awk '
	BEGIN {
		# Mail, MIME, lists, authentication, bounces; then addresses of the web, international names, languages, what is kept for special use.
		read = "822 1468 1554 2045 2046 2047 2049 2076 2183 2231 2237 2369 2387 2392 2919 3462 3463 3464 3676 3834 4155 5321 5322"
		read = read " 5965 6068 6152 6376 6522 6531 6532 6648 6854 7208 7372 7489 7505 8058 8098 8301 8601 8617 9989 9990 9991"
		read = read " 2606 3986 5646 5890 6761 6890"
		split(read, numbers, " ")
		for (i in numbers)
			known[numbers[i]] = 1
		# Sites without https.
		plain["x0213.org"] = 1
	}
	function complain(text) {
		printf "%s:%d: %s\n", FILENAME, FNR, text
		wrong++
	}
	# The value of a key in a one-line map, or nothing.
	function value(key,    rest) {
		if (!match($0, "[{ ]" key ": *"))
			return ""
		rest = substr($0, RSTART + RLENGTH)
		if (substr(rest, 1, 1) == "\"") {
			rest = substr(rest, 2)
			return substr(rest, 1, index(rest, "\"") - 1)
		}
		match(rest, /^[^,}]*/)
		return substr(rest, 1, RLENGTH)
	}
	FNR == 1 { inside = 0; files++ }
	/^[a-z_-]+:/ { inside = /^sources:/ ; next }
	!inside || /^ *#/ || /^ *$/ { next }
	!/^ +(- |[a-z0-9-]+: )\{.*\}( *#.*)?$/ { complain("a source stands on one line, in braces"); next }
	{
		sources++
		rfc = value("rfc")
		name = value("name")
		url = value("url")
		date = value("date")
		if (rfc != "" && !(rfc in known))
			complain("RFC " rfc " is not in the list of tests/sources.sh; read it, then add it there")
		if (rfc != "" && (name != "" || url != ""))
			complain("an rfc brings its own name and address")
		if (rfc == "" && name == "")
			complain("a source without a name")
		if (date != "" && date !~ /^20[0-9][0-9](-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$/)
			complain("the date \"" date "\" is not of the form 2026, 2026-11 or 2026-11-24")
		if (url == "")
			next
		host = url
		sub(/^[a-z]+:\/\//, "", host)
		sub(/[\/?#].*/, "", host)
		if (url !~ /^https:\/\// && !(url ~ /^http:\/\// && host in plain))
			complain("not https: " url)
		if (host !~ /^[a-z0-9-]+(\.[a-z0-9-]+)+$/)
			complain("no host name in " url)
		if (url ~ /rfc-editor\.org|ietf\.org/)
			complain("write \"rfc: NUMBER\" for " url)
		bare = url
		sub(/\/$/, "", bare)
		if (bare in names && names[bare] != name)
			complain("\"" name "\" is called \"" names[bare] "\" in " where[bare] ": " url)
		else if (bare in names && urls[bare] != url)
			complain("the same address with and without a slash at its end: " url)
		else if (!(bare in names)) {
			names[bare] = name
			urls[bare] = url
			where[bare] = FILENAME
		}
		if ((name in dates) && dates[name] != date)
			complain("\"" name "\" has another date (" dates[name] ") in " dated[name])
		dates[name] = date
		dated[name] = FILENAME
	}
	END {
		if (!sources) {
			print "sources: no source found"
			exit 1
		}
		if (wrong)
			exit 1
		count = 0
		for (bare in names)
			count++
		printf "sources: %d in %d rules, %d addresses\n", sources, files, count
	}
' "$folder"/*/*.yaml
