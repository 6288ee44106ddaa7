/* Japanese text under the name of another charset, and texts of other languages that a guess might take for Japanese. The bytes are made by
 * glibc's converters, which presend does not use. */

static const char garbage_free[] = "春の新刊のお知らせです。今月は旅と料理の本を五冊ご紹介します。\r\n"
				   "どうぞお楽しみください。\r\n\r\n"
				   "配信停止をご希望の方はこちら\r\nhttps://hanami-books.jp/x/9f3c1b7a2d4e6f80\r\n";

static const struct {
	const char *label, *name; /* name: as the finding gives it */
	const char *converter;
} japanese_charsets[] = {
	{ "UTF-8", "UTF-8", "UTF-8" },
	{ "Shift_JIS", "Shift_JIS", "CP932" },
	{ "EUC-JP", "EUC-JP", "EUC-JP" },
	{ "ISO-2022-JP", "ISO-2022-JP", "ISO-2022-JP" },
};

/* The first four in the order of japanese_charsets. */
static const char *const wrong_labels[] = {
	"UTF-8", "Shift_JIS", "EUC-JP", "ISO-2022-JP", "iso-8859-1", "iso-8859-15", "windows-1252", "windows-1251", "koi8-r", "big5"
};

/* One finding, the wrong label: the rest can be read, also the words that end the subscription. */
START_TEST(wrong_label)
{
	size_t charset = (size_t)_i / G_N_ELEMENTS(wrong_labels), label = (size_t)_i % G_N_ELEMENTS(wrong_labels);
	gsize n = 0;

	if (charset == label)
		return;
	char *bytes = g_convert(garbage_free, -1, japanese_charsets[charset].converter, "UTF-8", NULL, &n, NULL);
	ck_assert_msg(bytes, "no converter to %s", japanese_charsets[charset].converter);
	char *head = g_strdup_printf(PLAIN("%s", "8bit"), wrong_labels[label]);
	char *name = g_strdup_printf("%s under %s", japanese_charsets[charset].label, wrong_labels[label]);
	const struct row row = {
		.name = name, .head = head, .shown = { bytes, n }, .after = "", .text = "配信停止をご希望の方はこちら",
		.wants = { { .ids = "MI-04", .severity = SEVERITY_ERROR, .looks = japanese_charsets[charset].name } },
		.never = { "UN-13", "MI-42", "MI-40", "MI-39" },
	};
	judge_row(&row, NULL);
	g_free(name);
	g_free(head);
	g_free(bytes);
}
END_TEST

static const struct {
	const char *label, *converter, *text;
} other_languages[] = {
	{ "iso-8859-1", "ISO-8859-1", "L'été à la librairie : dédicaces, prêts et rencontres. Pour se désinscrire, écrivez-nous." },
	{ "iso-8859-1", "ISO-8859-1", "LE MARCHÉ\302\240! LE CAFÉ\302\240! LE THÉ\302\240! LE PÂTÉ\302\240!" },
	{ "iso-8859-1", "ISO-8859-1", "Neue Bücher für Grüße aus Köln: Straße, Mädchen, Übung. Zum Abbestellen genügt eine Antwort." },
	{ "iso-8859-1", "ISO-8859-1", "¤¤¤¤¤¤¤¤¤¤¤¤¤¤¤¤ NEW ¤¤¤¤¤¤¤¤¤¤¤¤¤¤¤¤" },
	{ "iso-8859-1", "ISO-8859-1", "¤º°`°º¤ø,¸¸,ø¤º°`°º¤ø SALE ¤º°`°º¤ø,¸¸,ø¤º°`°º¤ø" },
	{ "windows-1252", "CP1252", "‚Bücher‘ und „Hefte“ – 20 € … ‚Übung‘ ‚Äpfel‘ ‚Öl‘ ‚Ärger‘" },
	{ "windows-1252", "CP1252", "100 ƒ, 200 ƒ, ‚ƒ‘ ‚à la carte‘ ‚été‘" },
	{ "iso-8859-15", "ISO-8859-15", "Prix: 10€ à 20€, été; cœur, sœur, œuvre." },
	{ "windows-1251", "CP1251", "Новые книги этого месяца. „Привет“ и ‚пока‘. Чтобы отказаться от рассылки, ответьте на письмо." },
	{ "windows-1251", "CP1251", "НОВЫЕ КНИГИ" },
	{ "koi8-r", "KOI8-R", "Новые книги этого месяца. Чтобы отказаться от рассылки, ответьте на письмо." },
	{ "koi8-u", "KOI8-U", "Нові книги є в нашій книгарні. Її єдина є є є." },
	{ "iso-8859-5", "ISO-8859-5", "Нові книги. Є ЄС, ЄДИНА ЄВРОПА. Новые книги этого месяца." },
	{ "iso-8859-2", "ISO-8859-2", "Nowe książki w tym miesiącu: żółw, źdźbło, ćma. Łódź." },
	{ "iso-8859-7", "ISO-8859-7", "Νέα βιβλία του μήνα. Για διαγραφή απαντήστε στο μήνυμα." },
	{ "windows-1254", "CP1254", "Yeni kitaplar: çocuklar için öykü, şiir ve güneş. Üyelikten çıkmak için yanıtlayın." },
	{ "windows-1255", "CP1255", "ספרים חדשים החודש. להסרה השיבו להודעה זו." },
	{ "windows-1256", "CP1256", "كتب جديدة هذا الشهر. لإلغاء الاشتراك أجب على هذه الرسالة." },
	{ "tis-620", "TIS-620", "หนังสือใหม่ประจำเดือนนี้ คคคค ค้นหา คุณคิดค่าความคุ้มค่า" },
	{ "gb2312", "GB2312", "本月新书介绍，请您阅读。如需退订，请回复此邮件。" },
	{ "big5", "BIG5", "本月新書介紹，請您閱讀。如需退訂，請回覆此郵件。" },
	{ "euc-kr", "EUC-KR", "이달의 새 책을 소개합니다. 수신을 원하지 않으시면 회신해 주십시오." },
	{ "Shift_JIS", "CP932", "ｷｬﾝﾍﾟｰﾝ､ﾎﾟｲﾝﾄ､ｱｶﾞﾘ､ｲﾝｸ､ｳﾆ､ｴﾋﾞ､ｵﾚﾝｼﾞ､ｶｷ､ｷﾘﾝ" },
	{ "Shift_JIS", "CP932", "新刊案内" },
	{ "EUC-JP", "EUC-JP", "新刊案内" },
};

/* Stays what its label says. */
START_TEST(other_language)
{
	gsize n = 0;
	char *bytes = g_convert(other_languages[_i].text, -1, other_languages[_i].converter, "UTF-8", NULL, &n, NULL);

	ck_assert_msg(bytes, "%s cannot be written in %s", other_languages[_i].text, other_languages[_i].converter);
	struct arena *arena = arena_new();
	const struct text source = { .bytes = { bytes, n } };
	struct charset_result result = charset_decode(arena, charset_label_parse(span_str(other_languages[_i].label)), &source);
	ck_assert_msg(!result.looks, "%s is taken for %s", other_languages[_i].text, result.looks);
	ck_assert_msg(span_eq(result.text->bytes, span_str(other_languages[_i].text)), "%s is read as %.*s", other_languages[_i].text,
		      (int)result.text->bytes.n, result.text->bytes.p);
	arena_free(arena);
	g_free(bytes);
}
END_TEST

/* Texts that cannot be read for certain: that is said, and nothing of words that may be in them. */
static const struct row doubtful_texts[] = {
	{ .name = "Shift_JIS with a damaged place under UTF-8", .head = UTF8,
	  .shown = BYTES("\x8ft\x82\xcc\x90V\x8a\xa7\x82\xcc\x82\xa8\x92m\x82\xe7\x82\xb9\x82\xc5\x82\xb7\x81""B\r\n\xff\r\n"
			 "\x94z\x90M\x92\xe2\x8e~ https://hanami-books.jp/x/9f3c1b7a2d4e6f80\r\n"),
	  .after = "", .wants = { { .ids = "MI-04", .severity = SEVERITY_ERROR } }, .never = { "UN-13" } },
	{ .name = "French in Latin-1 under UTF-8", .head = UTF8,
	  .shown = BYTES("L'\xe9t\xe9 \xe0 la librairie.\r\nSe d\xe9sinscrire : https://hanami-books.jp/x/9f3c1b7a2d4e6f80\r\n"),
	  .after = "", .wants = { { .ids = "MI-04", .severity = SEVERITY_ERROR, RANGE(2, 3) } }, .never = { "UN-13" } },
	{ .name = "escapes lost, also around the words that end the subscription", .head = JIS,
	  .shown = BYTES("$B$3$s$K$A$O(B\r\n$BG[?.Dd;_(B https://hanami-books.jp/x/9f3c1b7a2d4e6f80\r\n"),
	  .after = "", .wants = { { .ids = "MI-37", .severity = SEVERITY_ERROR } }, .never = { "UN-13" } },
	{ .name = "a single sign of Windows in English: the rest is read", .head = UTF8,
	  .shown = BYTES("It\x92s spring, and our new books on travel and cooking have come in. Five of them are shown here.\r\n"), .after = "",
	  .wants = { { .ids = "MI-04", .severity = SEVERITY_ERROR, RANGE(2, 3) }, { .ids = "UN-13", .severity = SEVERITY_WARNING } } },
};

START_TEST(doubtful_text)
{
	judge_row(&doubtful_texts[_i], NULL);
}
END_TEST

/* Encoded words: one finding for a text under a wrong label, in however many words. */
static const struct row wrong_words[] = {
	{ .name = "raw JIS in a word of UTF-8", .in_head = true, .shown = BYTES("Subject: =?UTF-8?B?GyRCPVUkTj81NClIRhsoQg==?=\r\n"),
	  .wants = { { .ids = "MI-24", .severity = SEVERITY_ERROR, HIT("=?UTF-8?B?GyRCPVUkTj81NClIRhsoQg==?="), .looks = "ISO-2022-JP" } },
	  .never = { "FM-15", "FM-25" } },
	{ .name = "raw JIS in two words of UTF-8", .in_head = true, .subject = "春の春の",
	  .shown = BYTES("Subject: =?UTF-8?B?GyRCPVUkThsoQg==?=\r\n =?UTF-8?B?GyRCPVUkThsoQg==?=\r\n"),
	  .wants = { { .ids = "MI-24", .severity = SEVERITY_ERROR, .looks = "ISO-2022-JP" } }, .never = { "FM-15", "FM-25" } },
	{ .name = "an ESC that is no JIS in a word of UTF-8", .in_head = true, .shown = BYTES("Subject: =?UTF-8?Q?New_=1B[1mbooks?=\r\n"),
	  .wants = { { .ids = "FM-15", .severity = SEVERITY_WARNING } }, .never = { "MI-24" } },
	{ .name = "Shift_JIS in a word of UTF-8", .in_head = true, .subject = "春の号", .shown = BYTES("Subject: =?UTF-8?B?j3SCzI2G?=\r\n"),
	  .wants = { { .ids = "MI-24", .severity = SEVERITY_ERROR, .looks = "Shift_JIS" } } },
	{ .name = "Cyrillic look-alike in Reply-To", .in_head = true, .shown = BYTES("Reply-To: <a@xn--pple-43d.com>\r\n"),
	  .wants = { { .ids = "LK-09 LK-11", .severity = SEVERITY_ERROR, HIT("xn--pple-43d.com") } } },
};

START_TEST(wrong_word)
{
	judge_row(&wrong_words[_i], NULL);
}
END_TEST
