/* Every cell of the machine-dependent parts of the code, in each charset that can write it. Characters come from the list of NEC row 13 and
 * from glibc's CP932, which presend does not use. */

/* NEC row 13: the cell, its character, what to write instead; NULL where nothing says the same, or the character is in JIS X 0208, too. */
static const struct {
	unsigned cell;
	const char *character, *replacement;
} row_13[] = {
	{ 1, "①", "(1)" },     { 2, "②", "(2)" },     { 3, "③", "(3)" },     { 4, "④", "(4)" },     { 5, "⑤", "(5)" },
	{ 6, "⑥", "(6)" },     { 7, "⑦", "(7)" },     { 8, "⑧", "(8)" },     { 9, "⑨", "(9)" },     { 10, "⑩", "(10)" },
	{ 11, "⑪", "(11)" },   { 12, "⑫", "(12)" },   { 13, "⑬", "(13)" },   { 14, "⑭", "(14)" },   { 15, "⑮", "(15)" },
	{ 16, "⑯", "(16)" },   { 17, "⑰", "(17)" },   { 18, "⑱", "(18)" },   { 19, "⑲", "(19)" },   { 20, "⑳", "(20)" },
	{ 21, "Ⅰ", "I" },      { 22, "Ⅱ", "II" },     { 23, "Ⅲ", "III" },    { 24, "Ⅳ", "IV" },     { 25, "Ⅴ", "V" },
	{ 26, "Ⅵ", "VI" },     { 27, "Ⅶ", "VII" },    { 28, "Ⅷ", "VIII" },   { 29, "Ⅸ", "IX" },     { 30, "Ⅹ", "X" },
	{ 32, "㍉", "ミリ" },  { 33, "㌔", "キロ" },  { 34, "㌢", "センチ" }, { 35, "㍍", "メートル" }, { 36, "㌘", "グラム" },
	{ 37, "㌧", "トン" },  { 38, "㌃", "アール" }, { 39, "㌶", "ヘクタール" }, { 40, "㍑", "リットル" }, { 41, "㍗", "ワット" },
	{ 42, "㌍", "カロリー" }, { 43, "㌦", "ドル" }, { 44, "㌣", "セント" }, { 45, "㌫", "パーセント" }, { 46, "㍊", "ミリバール" },
	{ 47, "㌻", "ページ" }, { 48, "㎜", "mm" },    { 49, "㎝", "cm" },    { 50, "㎞", "km" },    { 51, "㎎", "mg" },
	{ 52, "㎏", "kg" },    { 53, "㏄", "cc" },    { 54, "㎡", "m2" },    { 63, "㍻", "平成" },  { 64, "〝", "\"" },
	{ 65, "〟", "\"" },    { 66, "№", "No." },    { 67, "㏍", "K.K." },  { 68, "℡", "TEL" },    { 69, "㊤", "(上)" },
	{ 70, "㊥", "(中)" },  { 71, "㊦", "(下)" },  { 72, "㊧", "(左)" },  { 73, "㊨", "(右)" },  { 74, "㈱", "(株)" },
	{ 75, "㈲", "(有)" },  { 76, "㈹", "(代)" },  { 77, "㍾", "明治" },  { 78, "㍽", "大正" },  { 79, "㍼", "昭和" },
	{ 80, "≒", NULL },     { 81, "≡", NULL },     { 82, "∫", NULL },     { 83, "∮", NULL },     { 84, "∑", "Σ" },
	{ 85, "√", NULL },     { 86, "⊥", NULL },     { 87, "∠", NULL },     { 88, "∟", NULL },     { 89, "⊿", "△" },
	{ 90, "∵", NULL },     { 91, "∩", NULL },     { 92, "∪", NULL },
};

static size_t jis_pair(char *out, unsigned row, unsigned cell)
{
	out[0] = (char)(0x20 + row);
	out[1] = (char)(0x20 + cell);
	return 2;
}

static size_t euc_pair(char *out, unsigned row, unsigned cell)
{
	out[0] = (char)(0xA0 + row);
	out[1] = (char)(0xA0 + cell);
	return 2;
}

static size_t sjis_pair(char *out, unsigned row, unsigned cell)
{
	out[0] = (char)((row < 63 ? 0x81 : 0xC1) + (row - 1) / 2);
	out[1] = (char)(row % 2 ? cell + 0x3F + (cell >= 64) : cell + 0x9E);
	return 2;
}

static const struct cell_code {
	const char *name, *head, *before, *after;
	size_t (*pair)(char *out, unsigned row, unsigned cell);
} cell_codes[] = {
	{ "ISO-2022-JP", JIS, "\x1b$B$\"", "\x1b(B", jis_pair },
	{ "Shift_JIS", PLAIN("Shift_JIS", "8bit"), "\x82\xa0", "", sjis_pair },
	{ "EUC-JP", PLAIN("EUC-JP", "8bit"), "\xa4\xa2", "", euc_pair },
};

/* A warning at the two bytes, which names the character and what to write instead. */
START_TEST(cell_of_row_13)
{
	size_t which = (size_t)_i / G_N_ELEMENTS(row_13), k = (size_t)_i % G_N_ELEMENTS(row_13);
	const struct cell_code *code = &cell_codes[which];
	char pair[3] = "";

	code->pair(pair, 13, row_13[k].cell);
	size_t at = strlen(code->before);
	char *shown = g_strconcat(code->before, pair, code->after, NULL);
	char *name = g_strdup_printf("%s, row 13 cell %u, %s", code->name, row_13[k].cell, row_13[k].character);
	const struct row row = {
		.name = name, .head = code->head, .shown = span_str(shown), .text = row_13[k].character,
		.wants = { { .ids = "MI-39", .severity = SEVERITY_WARNING, RANGE(at, at + 2), .excerpt = row_13[k].character, .column = 2,
			     .replacement = row_13[k].replacement ? row_13[k].replacement : "" } },
		.never = { "MI-30", "MI-04" },
	};
	judge_row(&row, NULL);
	g_free(name);
	g_free(shown);
}
END_TEST

/* Decoded alone: one character, one note of this kind that holds all of the bytes. Counts the cells that have a character in CP932. */
static size_t judge_cell(struct arena *arena, const char *label, struct span bytes, struct span sjis, enum charset_problem_kind kind)
{
	gsize n = 0;
	char *expected = g_convert(sjis.p, (gssize)sjis.n, "UTF-8", "CP932", NULL, &n, NULL);
	const struct text source = { .bytes = bytes };
	struct charset_result result = charset_decode(arena, charset_label_parse(span_str(label)), &source);

	if (!expected)
		return 0;
	ck_assert_msg(span_eq(result.text->bytes, span_of(expected, n)), "%s is read as %.*s under %s", expected, (int)result.text->bytes.n,
		      result.text->bytes.p, label);
	size_t notes = 0;
	for (size_t i = 0; i < result.n_problems; i++)
		notes += result.problems[i].kind == kind;
	ck_assert_msg(notes == 1 && result.n_problems == 1, "%s: %zu notes, %zu of them right, under %s", expected, result.n_problems, notes, label);
	g_free(expected);
	return 1;
}

START_TEST(cells_of_other_classes)
{
	struct arena *arena = arena_new();
	size_t n_selected = 0, n_extension = 0, n_user = 0;
	char sjis[2], other[8];

	for (unsigned row = 89; row <= 119; row++) {
		for (unsigned cell = 1; cell <= 94; cell++) {
			sjis_pair(sjis, row, cell);
			if (row <= 92) {
				struct span pair = span_of(sjis, 2);
				n_selected += judge_cell(arena, "Shift_JIS", pair, pair, CHARSET_PROBLEM_NEC_SELECTED);
				memcpy(other, "\x1b$B", 3);
				jis_pair(other + 3, row, cell);
				memcpy(other + 5, "\x1b(B", 3);
				judge_cell(arena, "iso-2022-jp", span_of(other, 8), pair, CHARSET_PROBLEM_NEC_SELECTED);
				euc_pair(other, row, cell);
				judge_cell(arena, "EUC-JP", span_of(other, 2), pair, CHARSET_PROBLEM_NEC_SELECTED);
			} else if (row >= 95 && row <= 114) {
				n_user += judge_cell(arena, "Shift_JIS", span_of(sjis, 2), span_of(sjis, 2), CHARSET_PROBLEM_USER_DEFINED);
			} else if (row >= 115) {
				n_extension += judge_cell(arena, "Shift_JIS", span_of(sjis, 2), span_of(sjis, 2), CHARSET_PROBLEM_IBM_EXTENSION);
			}
		}
	}
	ck_assert_uint_eq(n_selected, 3 * 94 + 92);
	ck_assert_uint_eq(n_user, 20 * 94);
	ck_assert_uint_eq(n_extension, 4 * 94 + 12);
	arena_free(arena);
}
END_TEST

START_TEST(cells_of_half_width_kana)
{
	struct arena *arena = arena_new();
	size_t n = 0;

	for (unsigned byte = 0xA1; byte <= 0xDF; byte++) {
		const char one = (char)byte, euc[2] = { (char)0x8E, (char)byte };
		char jis[7] = "\x1b(I";
		jis[3] = (char)(byte & 0x7F);
		memcpy(jis + 4, "\x1b(B", 3);
		n += judge_cell(arena, "Shift_JIS", span_of(&one, 1), span_of(&one, 1), CHARSET_PROBLEM_HALF_WIDTH_KANA);
		judge_cell(arena, "EUC-JP", span_of(euc, 2), span_of(&one, 1), CHARSET_PROBLEM_HALF_WIDTH_KANA);
		judge_cell(arena, "iso-2022-jp", span_of(jis, sizeof jis), span_of(&one, 1), CHARSET_PROBLEM_JIS_KANA_ESCAPE);
		ck_assert(machine_dependent_replacement(0xFF61 + byte - 0xA1, NULL));
	}
	ck_assert_uint_eq(n, 63);
	arena_free(arena);
}
END_TEST

/* The cells that have two readings, the standard's and that of Windows. */
static const struct {
	const char *jis, *standard, *windows;
} two_readings[] = {
	{ "!A", "〜", "～" }, { "!B", "‖", "∥" }, { "!]", "−", "－" }, { "!q", "¢", "￠" }, { "!r", "£", "￡" }, { "\"L", "¬", "￢" },
};

/* Sent in UTF-8 to be converted, either member may be lost; in the bytes of the code there is nothing to warn of. */
START_TEST(two_readings_of_a_cell)
{
	const char *const members[] = { two_readings[_i].standard, two_readings[_i].windows };

	for (size_t k = 0; k < 2; k++) {
		char *shown = g_strdup_printf("本%s本", members[k]);
		const struct row row = { .name = members[k], .head = UTF8, .options = TO_JIS, .shown = span_str(shown),
					 .wants = { { .ids = "MI-41", .severity = SEVERITY_WARNING, RANGE(3, 3 + strlen(members[k])) } }, .never = { "MI-39" } };
		const struct row plain = { .name = members[k], .head = UTF8, .shown = span_str(shown), .never = { "MI-41", "MI-39" } };
		judge_row(&row, NULL);
		judge_row(&plain, NULL);
		g_free(shown);
	}
	char *shown = g_strdup_printf("\x1b$B$\"%s$$\x1b(B", two_readings[_i].jis);
	const struct row row = { .name = two_readings[_i].windows, .head = JIS, .shown = span_str(shown), .text = two_readings[_i].windows,
				 .never = { "MI-41", "MI-39", "MI-30" } };
	judge_row(&row, NULL);
	g_free(shown);
}
END_TEST

/* How long a word of so many characters is (RFC 2047, section 2: 75 at most). */
static const struct {
	const char *label, *before, *character, *after;
	size_t times, length;
	bool too_long;
} word_lengths[] = {
	{ "ISO-2022-JP", "\x1b$B", "=U", "\x1b(B", 18, 74, false }, { "ISO-2022-JP", "\x1b$B", "=U", "\x1b(B", 19, 78, true },
	{ "UTF-8", "", "春", "", 15, 72, false },			{ "UTF-8", "", "春", "", 16, 76, true },
	{ "Shift_JIS", "", "\x8ft", "", 21, 72, false },	{ "Shift_JIS", "", "\x8ft", "", 22, 76, true },
};

START_TEST(word_length)
{
	GString *text = g_string_new(word_lengths[_i].before);

	for (size_t i = 0; i < word_lengths[_i].times; i++)
		g_string_append(text, word_lengths[_i].character);
	g_string_append(text, word_lengths[_i].after);
	char *base64 = g_base64_encode((const guchar *)text->str, text->len);
	char *word = g_strdup_printf("=?%s?B?%s?=", word_lengths[_i].label, base64);
	ck_assert_uint_eq(strlen(word), word_lengths[_i].length);
	char *shown = g_strdup_printf("Subject:\r\n %s\r\n", word);
	const struct row long_row = { .name = word, .in_head = true, .shown = span_str(shown),
				      .wants = { { .ids = "MI-20", .severity = SEVERITY_WARNING, .how = AT, .hit = span_str(word) } } };
	const struct row row = { .name = word, .in_head = true, .shown = span_str(shown), .never = { "MI-20", "MI-21" } };
	judge_row(word_lengths[_i].too_long ? &long_row : &row, NULL);
	g_free(shown);
	g_free(word);
	g_free(base64);
	g_string_free(text, TRUE);
}
END_TEST

/* What stands in front of the first field. */
static const struct {
	const char *front, *id;
	enum severity severity;
} fronts[] = {
	{ "\xef\xbb\xbf", "FM-18", SEVERITY_ERROR },
	{ "From news@hanami-books.jp Tue Nov 24 09:00:00 2026\r\n", "FM-26", SEVERITY_WARNING },
};

START_TEST(front_of_the_file)
{
	const struct row row = { .head = UTF8, .shown = BYTES("春の号です。") };
	struct lint_options options;
	size_t shown_at = 0, above = 0;
	GString *mail = build(&row, &shown_at), *faults = g_string_new(NULL);

	g_string_prepend(mail, fronts[_i].front);
	struct span bytes = exact_copy(mail);
	set_options(&options, NULL);
	GPtrArray *results = run_lint_bytes(builtin(), &options, "row.eml", bytes, false, TEMPLATE_NONE);
	struct message_result *result = g_ptr_array_index(results, 0);
	bool told = false;
	for (size_t i = 0; i < result->n_findings; i++) {
		const struct finding *finding = &result->findings[i];
		describe(faults, finding, shown_at);
		above += finding->severity > SEVERITY_INFO;
		told |= has_requirement(finding, fronts[_i].id) && finding->severity == fronts[_i].severity && finding->start.offset == 0;
	}
	ck_assert_msg(told && above == 1, "%s:%s", fronts[_i].id, faults->str);
	message_result_free(result);
	g_ptr_array_free(results, TRUE);
	g_string_free(faults, TRUE);
	g_string_free(mail, TRUE);
	g_free((char *)bytes.p);
}
END_TEST
