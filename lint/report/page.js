'use strict';
// What the page can do with a script, and does without it as well as it can: filters, keys, dark and light, images.
(function () {
	var page = document.documentElement;

	function all(selector, within) {
		return Array.prototype.slice.call((within || document).querySelectorAll(selector));
	}

	// Dark or light, whatever the system says.
	all('.theme').forEach(function (button) {
		button.hidden = false;
		button.addEventListener('click', function () {
			var dark = page.dataset.theme ? page.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
			page.dataset.theme = dark ? 'light' : 'dark';
		});
	});

	// Findings by severity and by words; how many are left is said aloud.
	function count(form) {
		var places = all('.place', form.parentNode);
		form.querySelector('.found span').textContent = places.filter(function (place) { return !place.closest('[hidden]'); }).length + ' / ' + places.length;
	}
	function filter(form) {
		var part = form.parentNode, words = form.querySelector('input[type=search]').value.toLowerCase();
		all('input[type=checkbox]', form).forEach(function (box) {
			all('.severity.' + box.value, part).forEach(function (section) {
				section.hidden = !box.checked;
			});
		});
		all('.group', part).forEach(function (group) {
			group.hidden = words !== '' && group.textContent.toLowerCase().indexOf(words) < 0;
		});
		count(form);
	}
	all('.filters').forEach(function (form) {
		form.hidden = false;
		count(form);
		form.addEventListener('input', function () { filter(form); });
		form.addEventListener('submit', function (event) { event.preventDefault(); });
	});

	// What a link leads to may be folded away; most browsers unfold it themselves.
	function unfold(element) {
		for (var fold = element && element.closest('details'); fold; fold = fold.parentNode.closest('details'))
			fold.open = true;
	}
	function arrive() {
		var target = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
		if (target && target.closest('details:not([open])')) {
			unfold(target);
			target.scrollIntoView();
		}
	}
	addEventListener('hashchange', arrive);
	arrive();

	// j and k: from finding to finding, and the source beside follows.
	function show(place) {
		all('.place.now').forEach(function (other) { other.classList.remove('now'); });
		unfold(place);
		place.classList.add('now');
		place.focus({ preventScroll: true });
		place.scrollIntoView({ block: 'center' });
		var jump = place.querySelector('.jump'), mark = jump && document.getElementById(jump.hash.slice(1)), panel = mark && mark.closest('aside');
		if (panel && panel.scrollHeight > panel.clientHeight)
			panel.scrollTop += mark.getBoundingClientRect().top - panel.getBoundingClientRect().top - panel.clientHeight / 3;
	}
	document.addEventListener('keydown', function (event) {
		if ((event.key !== 'j' && event.key !== 'k') || event.ctrlKey || event.altKey || event.metaKey || /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName))
			return;
		var places = all('.place').filter(function (place) { return !place.closest('[hidden]'); });
		var now = places.indexOf(document.querySelector('.place.now')), next = now + (event.key === 'j' ? 1 : -1);
		if (places[next])
			show(places[next]);
	});

	// The new text of a fix.
	all('.copy').forEach(function (button) {
		button.hidden = false;
		button.addEventListener('click', function () {
			var lines = all('ins code', button.parentNode).map(function (line) { return line.textContent; });
			navigator.clipboard.writeText(lines.join('\n')).then(function () {
				button.nextSibling.hidden = false;
			}, function () { // where the browser does not let it: marked, for the reader to copy
				getSelection().selectAllChildren(button.parentNode.querySelector('ins'));
			});
		});
	});

	// The mail of an unfolded message; events of folds do not bubble.
	addEventListener('toggle', function (event) {
		if (event.target.matches('.fold[open]'))
			all('iframe[data-srcdoc]', event.target).forEach(function (frame) {
				frame.srcdoc = frame.dataset.srcdoc;
				delete frame.dataset.srcdoc;
			});
	}, true);

	// Images of the mail, once asked for: the same document under a policy that lets images through. The policy stands in front of all that the mail says.
	all('.ask').forEach(function (ask) {
		ask.hidden = false;
		ask.querySelector('.images').addEventListener('click', function () {
			var frame = ask.closest('.stage').querySelector('iframe');
			frame.srcdoc = frame.srcdoc.replace('img-src data:;', 'img-src data: https: http:;');
			ask.hidden = true;
		});
	});
})();
