/* Styles: what inline declarations, presentational attributes and inheritance say about each element, and what style blocks make
 * uncertain. Is no CSS engine: where a style block may decide, the value is "unknown" instead of a guess. */
#include "doc/html_private.h"

#include <math.h>
#include <stdlib.h>

/* The properties that matter, as places in a declaration table and as bits of what a style block mentions. */
enum property {
	DISPLAY, VISIBILITY, OPACITY, FONT_SIZE, COLOUR, BACKGROUND, WIDTH, MAX_WIDTH, HEIGHT, MAX_HEIGHT, OVERFLOW, POSITION,
	LEFT, TOP, MARGIN_LEFT, MARGIN_TOP, TEXT_INDENT, CLIP, CLIP_PATH, MSO_HIDE, WHITE_SPACE, N_PROPERTIES
};

enum {
	SWITCHES = 1 << DISPLAY | 1 << VISIBILITY | 1 << OPACITY | 1 << WIDTH | 1 << MAX_WIDTH | 1 << HEIGHT | 1 << MAX_HEIGHT | 1 << OVERFLOW |
		   1 << POSITION | 1 << LEFT | 1 << TOP | 1 << TEXT_INDENT | 1 << CLIP | 1 << CLIP_PATH | 1 << MSO_HIDE,
	PLAIN_HIDES = 1 << 30 /* a rule outside any @-rule says display:none */
};

static const struct {
	const char *name;
	enum property property;
} property_names[] = {
	{ "display", DISPLAY },	      { "visibility", VISIBILITY }, { "opacity", OPACITY },	   { "font-size", FONT_SIZE },
	{ "font", FONT_SIZE },	      { "color", COLOUR },	    { "background-color", BACKGROUND }, { "background", BACKGROUND },
	{ "background-image", BACKGROUND }, { "width", WIDTH },	    { "max-width", MAX_WIDTH },	   { "height", HEIGHT },
	{ "max-height", MAX_HEIGHT }, { "overflow", OVERFLOW },	    { "position", POSITION },	   { "left", LEFT },
	{ "top", TOP },		      { "margin-left", MARGIN_LEFT }, { "margin-top", MARGIN_TOP }, { "text-indent", TEXT_INDENT },
	{ "clip", CLIP },	      { "clip-path", CLIP_PATH },   { "mso-hide", MSO_HIDE },	   { "white-space", WHITE_SPACE },
};

struct declaration {
	struct span value;
	bool set, important;
	bool is_shorthand_font; /* the value of "font" */
	bool image;             /* a background with an image or gradient was set and not taken back */
};

/* What style blocks say about one selector. */
struct mention {
	uint32_t properties;
	uint32_t important;
};

struct state {
	size_t font_setter, colour_setter, background_setter, visibility_setter;
	bool invisible;          /* visibility */
};

struct styler {
	struct html *html;
	GHashTable *mentions;    /* ".class", "#id", "tag" -> struct mention */
	struct state *states;
};

/* -- values -- */

static const struct {
	const char *name;
	uint32_t colour;
} colour_names[] = {
	{ "aliceblue", 0xf0f8ff }, { "antiquewhite", 0xfaebd7 }, { "aqua", 0x00ffff }, { "aquamarine", 0x7fffd4 }, { "azure", 0xf0ffff },
	{ "beige", 0xf5f5dc }, { "bisque", 0xffe4c4 }, { "black", 0x000000 }, { "blanchedalmond", 0xffebcd }, { "blue", 0x0000ff },
	{ "blueviolet", 0x8a2be2 }, { "brown", 0xa52a2a }, { "burlywood", 0xdeb887 }, { "cadetblue", 0x5f9ea0 }, { "chartreuse", 0x7fff00 },
	{ "chocolate", 0xd2691e }, { "coral", 0xff7f50 }, { "cornflowerblue", 0x6495ed }, { "cornsilk", 0xfff8dc }, { "crimson", 0xdc143c },
	{ "cyan", 0x00ffff }, { "darkblue", 0x00008b }, { "darkcyan", 0x008b8b }, { "darkgoldenrod", 0xb8860b }, { "darkgray", 0xa9a9a9 },
	{ "darkgreen", 0x006400 }, { "darkgrey", 0xa9a9a9 }, { "darkkhaki", 0xbdb76b }, { "darkmagenta", 0x8b008b },
	{ "darkolivegreen", 0x556b2f }, { "darkorange", 0xff8c00 }, { "darkorchid", 0x9932cc }, { "darkred", 0x8b0000 },
	{ "darksalmon", 0xe9967a }, { "darkseagreen", 0x8fbc8f }, { "darkslateblue", 0x483d8b }, { "darkslategray", 0x2f4f4f },
	{ "darkslategrey", 0x2f4f4f }, { "darkturquoise", 0x00ced1 }, { "darkviolet", 0x9400d3 }, { "deeppink", 0xff1493 },
	{ "deepskyblue", 0x00bfff }, { "dimgray", 0x696969 }, { "dimgrey", 0x696969 }, { "dodgerblue", 0x1e90ff }, { "firebrick", 0xb22222 },
	{ "floralwhite", 0xfffaf0 }, { "forestgreen", 0x228b22 }, { "fuchsia", 0xff00ff }, { "gainsboro", 0xdcdcdc }, { "ghostwhite", 0xf8f8ff },
	{ "gold", 0xffd700 }, { "goldenrod", 0xdaa520 }, { "gray", 0x808080 }, { "green", 0x008000 }, { "greenyellow", 0xadff2f },
	{ "grey", 0x808080 }, { "honeydew", 0xf0fff0 }, { "hotpink", 0xff69b4 }, { "indianred", 0xcd5c5c }, { "indigo", 0x4b0082 },
	{ "ivory", 0xfffff0 }, { "khaki", 0xf0e68c }, { "lavender", 0xe6e6fa }, { "lavenderblush", 0xfff0f5 }, { "lawngreen", 0x7cfc00 },
	{ "lemonchiffon", 0xfffacd }, { "lightblue", 0xadd8e6 }, { "lightcoral", 0xf08080 }, { "lightcyan", 0xe0ffff },
	{ "lightgoldenrodyellow", 0xfafad2 }, { "lightgray", 0xd3d3d3 }, { "lightgreen", 0x90ee90 }, { "lightgrey", 0xd3d3d3 },
	{ "lightpink", 0xffb6c1 }, { "lightsalmon", 0xffa07a }, { "lightseagreen", 0x20b2aa }, { "lightskyblue", 0x87cefa },
	{ "lightslategray", 0x778899 }, { "lightslategrey", 0x778899 }, { "lightsteelblue", 0xb0c4de }, { "lightyellow", 0xffffe0 },
	{ "lime", 0x00ff00 }, { "limegreen", 0x32cd32 }, { "linen", 0xfaf0e6 }, { "magenta", 0xff00ff }, { "maroon", 0x800000 },
	{ "mediumaquamarine", 0x66cdaa }, { "mediumblue", 0x0000cd }, { "mediumorchid", 0xba55d3 }, { "mediumpurple", 0x9370db },
	{ "mediumseagreen", 0x3cb371 }, { "mediumslateblue", 0x7b68ee }, { "mediumspringgreen", 0x00fa9a }, { "mediumturquoise", 0x48d1cc },
	{ "mediumvioletred", 0xc71585 }, { "midnightblue", 0x191970 }, { "mintcream", 0xf5fffa }, { "mistyrose", 0xffe4e1 },
	{ "moccasin", 0xffe4b5 }, { "navajowhite", 0xffdead }, { "navy", 0x000080 }, { "oldlace", 0xfdf5e6 }, { "olive", 0x808000 },
	{ "olivedrab", 0x6b8e23 }, { "orange", 0xffa500 }, { "orangered", 0xff4500 }, { "orchid", 0xda70d6 }, { "palegoldenrod", 0xeee8aa },
	{ "palegreen", 0x98fb98 }, { "paleturquoise", 0xafeeee }, { "palevioletred", 0xdb7093 }, { "papayawhip", 0xffefd5 },
	{ "peachpuff", 0xffdab9 }, { "peru", 0xcd853f }, { "pink", 0xffc0cb }, { "plum", 0xdda0dd }, { "powderblue", 0xb0e0e6 },
	{ "purple", 0x800080 }, { "rebeccapurple", 0x663399 }, { "red", 0xff0000 }, { "rosybrown", 0xbc8f8f }, { "royalblue", 0x4169e1 },
	{ "saddlebrown", 0x8b4513 }, { "salmon", 0xfa8072 }, { "sandybrown", 0xf4a460 }, { "seagreen", 0x2e8b57 }, { "seashell", 0xfff5ee },
	{ "sienna", 0xa0522d }, { "silver", 0xc0c0c0 }, { "skyblue", 0x87ceeb }, { "slateblue", 0x6a5acd }, { "slategray", 0x708090 },
	{ "slategrey", 0x708090 }, { "snow", 0xfffafa }, { "springgreen", 0x00ff7f }, { "steelblue", 0x4682b4 }, { "tan", 0xd2b48c },
	{ "teal", 0x008080 }, { "thistle", 0xd8bfd8 }, { "tomato", 0xff6347 }, { "turquoise", 0x40e0d0 }, { "violet", 0xee82ee },
	{ "wheat", 0xf5deb3 }, { "white", 0xffffff }, { "whitesmoke", 0xf5f5f5 }, { "yellow", 0xffff00 }, { "yellowgreen", 0x9acd32 },
};

/* Read a number at the start of s without regard to the locale and move *s behind it. False where there is none. */
static bool read_number(struct span *s, double *value)
{
	size_t i = 0, digits = 0;
	double sign = 1, number = 0, scale = 1;

	if (i < s->n && (s->p[i] == '-' || s->p[i] == '+'))
		sign = s->p[i++] == '-' ? -1 : 1;
	for (; i < s->n && ascii_is_digit(s->p[i]); i++, digits++)
		number = number < 1e12 ? number * 10 + (s->p[i] - '0') : number;
	if (i + 1 < s->n && s->p[i] == '.' && ascii_is_digit(s->p[i + 1]))
		for (i++; i < s->n && ascii_is_digit(s->p[i]); i++, digits++)
			number += (s->p[i] - '0') * (scale /= 10);
	if (digits == 0)
		return false;
	*value = sign * number;
	*s = span_cut(*s, i, s->n);
	return true;
}

static struct span next_argument(struct span *s)
{
	size_t i = 0, start;

	while (i < s->n && (ascii_is_space(s->p[i]) || s->p[i] == ',' || s->p[i] == '/'))
		i++;
	start = i;
	while (i < s->n && !ascii_is_space(s->p[i]) && s->p[i] != ',' && s->p[i] != '/')
		i++;
	struct span argument = span_cut(*s, start, i);
	*s = span_cut(*s, i, s->n);
	return argument;
}

static uint32_t channel(double value)
{
	return value <= 0 ? 0 : value >= 255 ? 255 : (uint32_t)(value + 0.5);
}

/* Hue in degrees, the others 0 to 1. Source: CSS Color Module Level 4, "hsl to rgb". */
static uint32_t hsl(double hue, double saturation, double light)
{
	double a = saturation * (light < 1 - light ? light : 1 - light);
	static const int offsets[3] = { 0, 8, 4 };
	uint32_t colour = 0;

	for (int i = 0; i < 3; i++) {
		double k = fmod(fmod(offsets[i] + hue / 30, 12) + 12, 12);
		double part = k - 3 < 9 - k ? k - 3 : 9 - k;
		part = part < -1 ? -1 : part > 1 ? 1 : part;
		colour = colour << 8 | channel((light - a * part) * 255);
	}
	return colour;
}

static bool function_colour(struct span value, uint32_t *colour, double *alpha)
{
	bool is_hsl = span_starts_ci(value, SPAN_LIT("hsl"));
	size_t open = span_find_byte(value, '(', 0);
	struct span inside = span_cut(value, open + 1, span_find_byte(value, ')', open));
	double v[4] = { 0, 0, 0, 1 };

	for (int i = 0; i < 4; i++) {
		struct span argument = next_argument(&inside);
		if (argument.n == 0 && i == 3)
			break;
		if (!read_number(&argument, &v[i]))
			return false;
		bool percent = argument.n && argument.p[0] == '%';
		if (percent)
			v[i] = v[i] * (i == 3 || is_hsl ? 1 : 255) / 100;
	}
	*alpha = v[3] < 0 ? 0 : v[3] > 1 ? 1 : v[3];
	*colour = is_hsl ? hsl(v[0], v[1], v[2]) : channel(v[0]) << 16 | channel(v[1]) << 8 | channel(v[2]);
	return true;
}

static bool hex_colour(struct span digits, uint32_t *colour, double *alpha)
{
	uint32_t value[8];

	if (digits.n != 3 && digits.n != 4 && digits.n != 6 && digits.n != 8)
		return false;
	for (size_t i = 0; i < digits.n; i++) {
		int digit = ascii_hex_value(digits.p[i]);
		if (digit < 0)
			return false;
		value[i] = (uint32_t)digit;
	}
	bool is_short = digits.n < 6;
	uint32_t parts[4] = { 0, 0, 0, 255 };
	for (size_t i = 0; i < (is_short ? digits.n : digits.n / 2); i++)
		parts[i] = is_short ? value[i] * 17 : value[2 * i] * 16 + value[2 * i + 1];
	*colour = parts[0] << 16 | parts[1] << 8 | parts[2];
	*alpha = parts[3] / 255.0;
	return true;
}

bool html_colour(struct span value, uint32_t *colour, double *alpha)
{
	value = span_trim(value);
	*alpha = 1;
	if (value.n > 1 && value.p[0] == '#')
		return hex_colour(span_cut(value, 1, value.n), colour, alpha);
	if (span_starts_ci(value, SPAN_LIT("rgb")) || span_starts_ci(value, SPAN_LIT("hsl")))
		return function_colour(value, colour, alpha);
	if (span_eq_ci(value, SPAN_LIT("transparent"))) {
		*colour = 0;
		*alpha = 0;
		return true;
	}
	if (value.n > 20)
		return false;
	for (size_t i = 0; i < G_N_ELEMENTS(colour_names); i++)
		if (span_eq_ci(value, span_str(colour_names[i].name))) {
			*colour = colour_names[i].colour;
			return true;
		}
	return false;
}

static double luminance(uint32_t colour)
{
	static const double weights[3] = { 0.2126, 0.7152, 0.0722 };
	double sum = 0;

	for (int i = 0; i < 3; i++) {
		double part = (colour >> (16 - 8 * i) & 255) / 255.0;
		sum += weights[i] * (part <= 0.03928 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4));
	}
	return sum;
}

double html_contrast(uint32_t a, uint32_t b)
{
	double x = luminance(a), y = luminance(b);
	return x > y ? (x + 0.05) / (y + 0.05) : (y + 0.05) / (x + 0.05);
}

enum { UNKNOWN_LENGTH = -1000000 };

/* A length in px; percent and em against base. UNKNOWN_LENGTH where it is none or depends on the window. */
static double length_px(struct span value, double base)
{
	static const struct {
		const char *unit;
		double px;
	} units[] = { { "px", 1 }, { "pt", 4.0 / 3 }, { "pc", 16 }, { "in", 96 }, { "cm", 96 / 2.54 }, { "mm", 96 / 25.4 }, { "rem", 16 } };
	double number;

	value = span_trim(value);
	if (!read_number(&value, &number))
		return UNKNOWN_LENGTH;
	/* Without a unit only 0 is legal; attributes of HTML count px, and so do the mail programs that take it. */
	if (value.n == 0)
		return number;
	if (span_eq_ci(value, SPAN_LIT("em")))
		return base < 0 ? UNKNOWN_LENGTH : number * base;
	if (span_eq_ci(value, SPAN_LIT("ex")) || span_eq_ci(value, SPAN_LIT("ch")))
		return base < 0 ? UNKNOWN_LENGTH : number * base / 2;
	if (span_eq_ci(value, SPAN_LIT("%")))
		return number == 0 ? 0 : base < 0 ? UNKNOWN_LENGTH : number * base / 100;
	for (size_t i = 0; i < G_N_ELEMENTS(units); i++)
		if (span_eq_ci(value, span_str(units[i].unit)))
			return number * units[i].px;
	return number == 0 ? 0 : UNKNOWN_LENGTH;
}

/* font-size; < 0 where it cannot be known. */
static double font_size_px(struct span value, double parent)
{
	static const struct {
		const char *word;
		double px, factor;
	} words[] = { { "xx-small", 9, 0 }, { "x-small", 10, 0 }, { "small", 13, 0 },	   { "medium", 16, 0 },	 { "large", 18, 0 },
		      { "x-large", 24, 0 }, { "xx-large", 32, 0 }, { "smaller", 0, 0.83 }, { "larger", 0, 1.2 }, { "inherit", 0, 1 },
		      { "initial", 16, 0 } };

	for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
		if (span_eq_ci(value, span_str(words[i].word)))
			return words[i].px > 0 ? words[i].px : parent < 0 ? -1 : parent * words[i].factor;
	double px = length_px(value, parent);
	return px < 0 ? -1 : px;
}

/* The size in a "font" shorthand: the part with a unit, up to the line height. Empty where there is none. */
static struct span shorthand_size(struct span value)
{
	size_t start = 0;

	while (start < value.n) {
		size_t end = start;
		while (end < value.n && !ascii_is_space(value.p[end]) && value.p[end] != '/')
			end++;
		struct span word = span_cut(value, start, end), rest = word;
		double number;
		/* A bare number is a weight. */
		if (read_number(&rest, &number) && rest.n)
			return word;
		start = end + 1;
	}
	return SPAN_EMPTY;
}

/* -- declarations -- */

/* Take the next "name: value" from a declaration list; ';' in quotes and brackets is no end. */
static bool next_declaration(struct span *list, struct span *name, struct span *value)
{
	while (list->n) {
		size_t i = 0, colon = 0;
		int depth = 0;
		char quote = 0;
		for (; i < list->n; i++) {
			char c = list->p[i];
			if (quote) {
				quote = c == quote ? 0 : quote;
			} else if (c == '"' || c == '\'') {
				quote = c;
			} else if (c == '(') {
				depth++;
			} else if (c == ')') {
				depth -= depth > 0;
			} else if (c == ';' && depth == 0) {
				break;
			} else if (c == ':' && colon == 0) {
				colon = i;
			}
		}
		/* An unclosed quote or bracket swallows the rest, as in browsers. */
		struct span all = span_cut(*list, 0, i);
		*list = span_cut(*list, i + 1, list->n);
		if (colon == 0)
			continue;
		*name = span_trim(span_cut(all, 0, colon));
		/* A comment in front of the name. */
		while (span_starts(*name, SPAN_LIT("/*"))) {
			size_t end = span_find(*name, SPAN_LIT("*/"), 2);
			*name = span_trim(span_cut(*name, end + 2, name->n));
		}
		*value = span_trim(span_cut(all, colon + 1, all.n));
		return true;
	}
	return false;
}

static int property_of(struct span name)
{
	for (size_t i = 0; i < G_N_ELEMENTS(property_names); i++)
		if (span_eq_ci(name, span_str(property_names[i].name)))
			return property_names[i].property;
	return -1;
}

/* Cut "!important" off the value. */
static bool take_important(struct span *value)
{
	size_t mark = span_find_byte(*value, '!', 0);

	if (mark == value->n || !span_eq_ci(span_trim(span_cut(*value, mark + 1, value->n)), SPAN_LIT("important")))
		return false;
	*value = span_trim(span_cut(*value, 0, mark));
	return true;
}

static bool has_image(struct span value)
{
	return span_find_ci(value, SPAN_LIT("url("), 0) < value.n || span_find_ci(value, SPAN_LIT("gradient("), 0) < value.n ||
	       span_find_ci(value, SPAN_LIT("image("), 0) < value.n;
}

static void read_declarations(struct span list, struct declaration table[N_PROPERTIES])
{
	struct span name, value;

	while (next_declaration(&list, &name, &value)) {
		int property = property_of(name);
		if (property < 0)
			continue;
		struct declaration *d = &table[property];
		bool important = take_important(&value);
		if (d->important && !important)
			continue;
		bool is_image = span_eq_ci(name, SPAN_LIT("background-image"));
		if (property == BACKGROUND && !span_eq_ci(name, SPAN_LIT("background-color")))
			d->image = has_image(value);
		if (is_image) {
			/* It leaves the colour alone. */
			if (!d->set)
				*d = (struct declaration){ .value = SPAN_LIT("transparent"), .set = true, .important = important, .image = d->image };
			continue;
		}
		d->value = value;
		d->set = true;
		d->important = important;
		d->is_shorthand_font = property == FONT_SIZE && name.n == 4;
	}
}

struct span html_inline_style(const struct html_element *element, const char *property)
{
	const struct html_attribute *style = html_attribute(element, "style");
	struct span list = style ? style->value->bytes : SPAN_EMPTY, name, value, found = SPAN_EMPTY;
	bool important = false;

	while (next_declaration(&list, &name, &value)) {
		if (!span_eq_ci(name, span_str(property)))
			continue;
		bool now_important = take_important(&value);
		if (important && !now_important)
			continue;
		found = value;
		important = now_important;
	}
	return found;
}

/* -- style blocks -- */

static void add_mention(struct styler *s, char kind, struct span name, uint32_t properties, uint32_t important)
{
	if (name.n == 0 || name.n > 200)
		return;
	char *key = g_malloc(name.n + 2);
	key[0] = kind;
	for (size_t i = 0; i < name.n; i++)
		key[i + 1] = ascii_lower(name.p[i]);
	key[name.n + 1] = '\0';
	struct mention *mention = g_hash_table_lookup(s->mentions, key);
	if (!mention) {
		mention = g_new0(struct mention, 1);
		g_hash_table_insert(s->mentions, key, mention);
	} else {
		g_free(key);
	}
	mention->properties |= properties;
	mention->important |= important;
}

static bool is_selector_byte(char c)
{
	return ascii_is_alnum(c) || c == '-' || c == '_' || (unsigned char)c >= 0x80;
}

/* Note the classes, ids and names in the last compound of one selector: it is what the rule applies to. */
static void read_selector(struct styler *s, struct span selector, uint32_t properties, uint32_t important)
{
	selector = span_trim(selector);
	size_t start = selector.n;
	while (start > 0 && !ascii_is_space(selector.p[start - 1]) && !memchr(">+~", selector.p[start - 1], 3))
		start--;
	struct span last = span_cut(selector, start, selector.n);
	int simple = 0;
	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < last.n;) {
			char kind = last.p[i] == '.' || last.p[i] == '#' ? last.p[i] : is_selector_byte(last.p[i]) || last.p[i] == '*' ? 't' : 0;
			/* Pseudo-classes and attribute conditions: what is named before them may be meant or not. */
			if (kind == 0)
				break;
			size_t from = i + (kind != 't'), end = from + (last.p[i] == '*');
			while (end < last.n && is_selector_byte(last.p[end]))
				end++;
			if (end == i)
				break;
			if (pass == 0) {
				simple++;
			} else {
				/* td.x is about class x, not about every td. */
				bool one = simple == 1 && start == 0 && end == last.n;
				uint32_t bits = one ? properties : properties & ~(uint32_t)PLAIN_HIDES;
				if (kind != 't' || simple == 1)
					add_mention(s, kind, span_cut(last, from, end), bits, important);
			}
			i = end > i ? end : i + 1;
		}
}

/* A declaration that hides cannot be what switches an element on. */
static bool is_hiding(enum property property, struct span value)
{
	double number;

	if (property == OVERFLOW)
		return span_eq_ci(value, SPAN_LIT("hidden"));
	if (property == DISPLAY)
		return span_eq_ci(value, SPAN_LIT("none"));
	if (property == VISIBILITY)
		return span_eq_ci(value, SPAN_LIT("hidden"));
	if (property == MSO_HIDE)
		return true;
	return (property == OPACITY || (property >= WIDTH && property <= MAX_HEIGHT)) && read_number(&value, &number) && number == 0;
}

/* Read the text of one style block: rules at any depth of @media and the like. */
static void read_style_block(struct styler *s, struct span css)
{
	size_t start = 0, depth = 0;
	char *clean = g_malloc(css.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < css.n;) {
		/* Comments go, and so do the marks that hide a block from the browsers of 1996. */
		if (css.p[i] == '/' && i + 1 < css.n && css.p[i + 1] == '*') {
			size_t end = span_find(css, SPAN_LIT("*/"), i + 2);
			i = end < css.n ? end + 2 : css.n;
			clean[n++] = ' ';
		} else if (span_starts(span_cut(css, i, css.n), SPAN_LIT("<!--"))) {
			i += 4;
		} else if (span_starts(span_cut(css, i, css.n), SPAN_LIT("-->"))) {
			i += 3;
		} else {
			clean[n++] = css.p[i++];
		}
	}
	struct span text = span_of(clean, n);
	for (size_t i = 0; i < n; i++) {
		if (clean[i] == ';') {
			start = i + 1;
		} else if (clean[i] == '}') {
			depth -= depth > 0;
			start = i + 1;
		} else if (clean[i] == '{') {
			struct span prelude = span_trim(span_cut(text, start, i));
			start = i + 1;
			if (prelude.n && prelude.p[0] == '@') {
				depth++;
				continue;
			}
			size_t close = span_find_byte(text, '}', i);
			struct span list = span_cut(text, i + 1, close), name, value;
			uint32_t properties = 0, important = 0;
			while (next_declaration(&list, &name, &value)) {
				int property = property_of(name);
				if (property < 0)
					continue;
				bool is_important = take_important(&value);
				if (property == DISPLAY && depth == 0 && span_eq_ci(value, SPAN_LIT("none")))
					properties |= PLAIN_HIDES;
				if (is_hiding((enum property)property, value))
					continue;
				properties |= 1u << property;
				if (is_important)
					important |= 1u << property;
			}
			for (size_t from = 0; properties && from <= prelude.n;) {
				size_t comma = span_find_byte(prelude, ',', from);
				read_selector(s, span_cut(prelude, from, comma), properties, important);
				from = comma + 1;
			}
			i = close;
			start = close + 1;
		}
	}
	g_free(clean);
}

static void merge_mention(struct styler *s, char kind, struct span name, struct mention *sum)
{
	char key[256];

	if (name.n == 0 || name.n + 2 > sizeof key)
		return;
	key[0] = kind;
	for (size_t i = 0; i < name.n; i++)
		key[i + 1] = ascii_lower(name.p[i]);
	key[name.n + 1] = '\0';
	const struct mention *mention = g_hash_table_lookup(s->mentions, key);
	if (mention) {
		sum->properties |= mention->properties;
		sum->important |= mention->important;
	}
}

/* What style blocks say about an element: by its class and id, and by all of class, id and name. */
static void find_mentions(struct styler *s, const struct html_element *e, struct mention *by_class, struct mention *all)
{
	*by_class = *all = (struct mention){ 0 };
	if (g_hash_table_size(s->mentions) == 0)
		return;
	const struct html_attribute *class = html_attribute(e, "class"), *id = html_attribute(e, "id");
	struct span rest = class ? class->value->bytes : SPAN_EMPTY;
	for (size_t i = 0; i < rest.n;) {
		size_t end = i;
		while (end < rest.n && !ascii_is_space(rest.p[end]))
			end++;
		merge_mention(s, '.', span_cut(rest, i, end), by_class);
		i = end + 1;
	}
	if (id)
		merge_mention(s, '#', span_trim(id->value->bytes), by_class);
	*all = *by_class;
	merge_mention(s, 't', e->name, all);
	merge_mention(s, 't', SPAN_LIT("*"), all);
}

/* -- computing -- */

static bool is_word(const struct declaration *d, const char *word)
{
	return d->set && span_eq_ci(d->value, span_str(word));
}

static bool is_below(const struct declaration *d, double base, double limit)
{
	if (!d->set)
		return false;
	double px = length_px(d->value, base);
	return px != UNKNOWN_LENGTH && px <= limit;
}

static bool is_zero(const struct declaration *d, double base)
{
	return is_below(d, base, 0) && length_px(d->value, base) > -1;
}

/* clip: rect(0, 0, 0, 0) and rect(1px 1px 1px 1px): nothing of the element is left. */
static bool clips_all(struct span value)
{
	size_t open = span_find_byte(value, '(', 0);
	struct span inside = span_cut(value, open + 1, span_find_byte(value, ')', open));

	if (!span_starts_ci(value, SPAN_LIT("rect")))
		return false;
	for (int i = 0; i < 4; i++) {
		double number;
		struct span argument = next_argument(&inside);
		if (!read_number(&argument, &number) || number > 1 || number < -1)
			return false;
	}
	return true;
}

/* clip-path: inset(50%) or more, circle(0), polygon(0 0, ...). */
static bool path_clips_all(struct span value)
{
	size_t open = span_find_byte(value, '(', 0);
	struct span argument = span_cut(value, open + 1, span_find_byte(value, ')', open));
	double number;

	argument = span_trim(argument);
	if (!read_number(&argument, &number))
		return false;
	if (span_starts_ci(value, SPAN_LIT("inset(")))
		return number >= 50 && argument.n && argument.p[0] == '%';
	return span_starts_ci(value, SPAN_LIT("circle(")) && number == 0;
}

/* The reason why an element with its descendants is hidden by its own declarations; text colour, font and visibility aside. */
static enum html_hidden hidden_box(const struct declaration *d, double font_px)
{
	double opacity;
	struct span value = d[OPACITY].value;

	/* mso-hide:all hides in Outlook for Windows only; every other reader sees the text. */
	if (is_word(&d[DISPLAY], "none"))
		return HTML_HIDDEN_DISPLAY;
	if (d[OPACITY].set && read_number(&value, &opacity)) {
		if (value.n && value.p[0] == '%')
			opacity /= 100;
		if (opacity < 0.1)
			return HTML_HIDDEN_OPACITY;
	}
	if (is_word(&d[OVERFLOW], "hidden") || is_word(&d[OVERFLOW], "clip"))
		for (enum property p = WIDTH; p <= MAX_HEIGHT; p++)
			if (is_zero(&d[p], font_px))
				return HTML_HIDDEN_SIZE;
	bool moved = is_word(&d[POSITION], "absolute") || is_word(&d[POSITION], "fixed") || is_word(&d[POSITION], "relative");
	if (is_below(&d[TEXT_INDENT], font_px, -500) || is_below(&d[MARGIN_LEFT], font_px, -500) || is_below(&d[MARGIN_TOP], font_px, -500) ||
	    (moved && (is_below(&d[LEFT], font_px, -500) || is_below(&d[TOP], font_px, -500))))
		return HTML_HIDDEN_OFF_SCREEN;
	if ((d[CLIP].set && clips_all(d[CLIP].value)) || (d[CLIP_PATH].set && path_clips_all(d[CLIP_PATH].value)))
		return HTML_HIDDEN_CLIP;
	return HTML_VISIBLE;
}

/* Attributes of HTML 3.2 count as declarations that anything else overrides. */
static void set_weak(struct declaration *d, struct span value)
{
	if (!d->set)
		*d = (struct declaration){ .value = value, .set = true };
}

static void read_attributes(const struct html_element *e, struct declaration d[N_PROPERTIES], bool *own_background)
{
	static const char *const font_sizes[] = { "10px", "13px", "16px", "18px", "24px", "32px", "48px" };
	const struct html_attribute *a;

	*own_background = d[BACKGROUND].set;
	if ((a = html_attribute(e, "bgcolor")))
		set_weak(&d[BACKGROUND], a->value->bytes);
	if ((a = html_attribute(e, "background")) && a->value->bytes.n) {
		set_weak(&d[BACKGROUND], SPAN_LIT("transparent"));
		d[BACKGROUND].image = true;
	}
	if (span_eq(e->name, SPAN_LIT("body")) && (a = html_attribute(e, "text")))
		set_weak(&d[COLOUR], a->value->bytes);
	if (span_eq(e->name, SPAN_LIT("font"))) {
		if ((a = html_attribute(e, "color")))
			set_weak(&d[COLOUR], a->value->bytes);
		struct span size = (a = html_attribute(e, "size")) ? span_trim(a->value->bytes) : SPAN_EMPTY;
		bool relative = size.n && (size.p[0] == '+' || size.p[0] == '-');
		double number;
		if (read_number(&size, &number)) {
			number += relative ? 3 : 0;
			int step = number < 1 ? 1 : number > 7 ? 7 : (int)number;
			set_weak(&d[FONT_SIZE], span_str(font_sizes[step - 1]));
		}
	}
	if (html_attribute(e, "hidden"))
		set_weak(&d[DISPLAY], SPAN_LIT("none"));
}

/* The browsers' own sheet, as far as size and colour go. */
static void read_defaults(const struct html_element *e, struct declaration d[N_PROPERTIES])
{
	static const struct {
		const char *name, *size;
	} sizes[] = { { "h1", "2em" },	 { "h2", "1.5em" }, { "h3", "1.17em" }, { "h5", "0.83em" }, { "h6", "0.67em" },
		      { "small", "0.83em" }, { "big", "1.2em" }, { "sub", "0.83em" }, { "sup", "0.83em" } };

	if (!(e->traits & HTML_DEFAULT_STYLE))
		return;
	for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++)
		if (span_eq(e->name, span_str(sizes[i].name)))
			set_weak(&d[FONT_SIZE], span_str(sizes[i].size));
	if (span_eq(e->name, SPAN_LIT("a")) && html_attribute(e, "href"))
		set_weak(&d[COLOUR], SPAN_LIT("#0000ee"));
}

/* HTML tolerates colours without '#'. */
static bool attribute_colour(struct span value, uint32_t *colour, double *alpha)
{
	*alpha = 1;
	value = span_trim(value);
	return html_colour(value, colour, alpha) || hex_colour(value, colour, alpha);
}

/* A colour that lets the one below shine through. */
static uint32_t blend(uint32_t above, uint32_t below, double alpha)
{
	uint32_t colour = 0;

	for (int shift = 16; shift >= 0; shift -= 8)
		colour = colour << 8 | channel((above >> shift & 255) * alpha + (below >> shift & 255) * (1 - alpha));
	return colour;
}

static void set_background(struct styler *s, size_t index, uint32_t colour, double alpha)
{
	struct html_style *style = &s->html->elements[index].style;

	if (alpha == 0)
		return;
	s->states[index].background_setter = index;
	if (alpha < 1)
		/* What shines through is known if what is below is. */
		style->background = blend(colour, style->background, alpha);
	else
		style->background = colour;
	style->background_known = style->background_known || alpha == 1;
}

static void compute_background(struct styler *s, size_t index, const struct declaration *d, bool background_open)
{
	struct html_style *style = &s->html->elements[index].style;
	struct state *state = &s->states[index];
	uint32_t colour;
	double alpha;

	if (background_open || d[BACKGROUND].image) {
		style->background_known = false;
		state->background_setter = index;
		return;
	}
	if (!d[BACKGROUND].set)
		return;
	struct span value = d[BACKGROUND].value;
	if (attribute_colour(value, &colour, &alpha)) {
		set_background(s, index, colour, alpha);
		return;
	}
	if (is_word(&d[BACKGROUND], "none") || is_word(&d[BACKGROUND], "inherit") || is_word(&d[BACKGROUND], "initial"))
		return;
	/* A shorthand: one of its words may be a colour. Functions have blanks inside, so they are looked for whole. */
	for (size_t i = 0; i < value.n;) {
		size_t end = i;
		int depth = 0;
		while (end < value.n && (depth > 0 || !ascii_is_space(value.p[end]))) {
			depth += (value.p[end] == '(') - (value.p[end] == ')');
			end++;
		}
		if (end > i && html_colour(span_cut(value, i, end), &colour, &alpha)) {
			set_background(s, index, colour, alpha);
			return;
		}
		i = end + 1;
	}
	state->background_setter = index;
	style->background_known = false;
}

static void compute_colours(struct styler *s, size_t index, const struct declaration *d, bool inline_colour, bool inline_background,
			    struct mention mention)
{
	struct html_style *style = &s->html->elements[index].style;
	struct state *state = &s->states[index];
	uint32_t colour;

	/* Inline declarations beat a style block that does not say !important. */
	bool colour_open = (inline_colour ? mention.important : mention.properties) & 1u << COLOUR;
	bool background_open = (inline_background ? mention.important : mention.properties) & 1u << BACKGROUND;
	double text_alpha = 1;
	if (colour_open) {
		style->colour_known = false;
		state->colour_setter = index;
	} else if (d[COLOUR].set && !is_word(&d[COLOUR], "inherit") && !is_word(&d[COLOUR], "currentcolor")) {
		state->colour_setter = index;
		style->colour_known = attribute_colour(d[COLOUR].value, &colour, &text_alpha);
		if (style->colour_known)
			style->colour = colour;
	}
	compute_background(s, index, d, background_open);
	/* Transparent text shows what is behind it: all of it the same colour. */
	if (style->colour_known && text_alpha < 1) {
		style->colour_known = style->background_known;
		style->colour = blend(style->colour, style->background, text_alpha);
	}
}
static void compute_box(struct html_element *e, const struct declaration *d)
{
	struct html_style *style = &e->style;
	static const char *const keeping[] = { "pre", "pre-wrap", "pre-line", "break-spaces" };

	style->block = (e->traits & HTML_BLOCK) != 0;
	style->cell = (e->traits & HTML_CELL) != 0;
	if (d[DISPLAY].set) {
		if (is_word(&d[DISPLAY], "block") || is_word(&d[DISPLAY], "table") || is_word(&d[DISPLAY], "flex") || is_word(&d[DISPLAY], "grid") ||
		    is_word(&d[DISPLAY], "list-item") || is_word(&d[DISPLAY], "table-row"))
			style->block = true;
		else if (is_word(&d[DISPLAY], "inline") || is_word(&d[DISPLAY], "inline-block") || is_word(&d[DISPLAY], "inline-table"))
			style->block = false;
		else if (is_word(&d[DISPLAY], "table-cell"))
			style->cell = true;
	}
	if (e->traits & HTML_KEEPS_SPACE)
		style->keeps_space = true;
	if (d[WHITE_SPACE].set) {
		style->keeps_space = false;
		for (size_t i = 0; i < G_N_ELEMENTS(keeping); i++)
			style->keeps_space |= is_word(&d[WHITE_SPACE], keeping[i]);
	}
}

static void hide(struct html_style *style, enum html_hidden reason, size_t hider, bool switched)
{
	style->hidden = reason;
	style->hider = hider;
	style->switched_by_class = switched;
}

/* The reasons that depend on inherited values, which a descendant can set anew; checked where nothing above hides already. */
static void compute_text_hiding(struct styler *s, size_t index)
{
	struct html_style *style = &s->html->elements[index].style;
	const struct state *state = &s->states[index];

	if (style->hidden != HTML_VISIBLE)
		return;
	if (state->invisible) {
		hide(style, HTML_HIDDEN_VISIBILITY, state->visibility_setter, s->html->elements[state->visibility_setter].style.switched_by_class);
	} else if (style->font_size_px >= 0 && style->font_size_px < 3) {
		hide(style, HTML_HIDDEN_FONT, state->font_setter, false);
	} else if (style->colour == 0 && style->background == 0xffffff) {
		return;
	} else if (style->colour_known && style->background_known && html_contrast(style->colour, style->background) < 1.3) {
		size_t later = state->colour_setter;
		if (later == HTML_NO_PARENT || (state->background_setter != HTML_NO_PARENT && state->background_setter > later))
			later = state->background_setter;
		hide(style, HTML_HIDDEN_COLOUR, later == HTML_NO_PARENT ? index : later, false);
	}
}

/* True for reasons that hold for all descendants. */
static bool is_inherited(enum html_hidden reason)
{
	return reason != HTML_VISIBLE && reason != HTML_HIDDEN_VISIBILITY && reason != HTML_HIDDEN_FONT && reason != HTML_HIDDEN_COLOUR;
}

static void compute(struct styler *s, size_t index)
{
	struct html_element *e = &s->html->elements[index];
	struct html_style *style = &e->style;
	struct declaration d[N_PROPERTIES] = { 0 };
	struct mention by_class, mention;
	const struct html_attribute *attribute = html_attribute(e, "style");
	bool own_background;

	if (e->parent == HTML_NO_PARENT) {
		*style = (struct html_style){ .font_size_px = 16, .background = 0xffffff, .colour_known = true, .background_known = true };
		s->states[index] = (struct state){ HTML_NO_PARENT, HTML_NO_PARENT, HTML_NO_PARENT, HTML_NO_PARENT, false };
	} else {
		*style = s->html->elements[e->parent].style;
		s->states[index] = s->states[e->parent];
		if (!is_inherited(style->hidden))
			hide(style, HTML_VISIBLE, 0, false);
	}
	struct state *state = &s->states[index];
	find_mentions(s, e, &by_class, &mention);
	if (attribute)
		read_declarations(attribute->value->bytes, d);
	bool inline_colour = d[COLOUR].set, inline_size = d[FONT_SIZE].set, inline_display = d[DISPLAY].set;
	read_attributes(e, d, &own_background);
	read_defaults(e, d);
	/* A plain class rule "display:none" hides as an inline declaration would, if that says nothing. */
	bool class_hides = (mention.properties & PLAIN_HIDES) && !inline_display;
	if (class_hides)
		d[DISPLAY] = (struct declaration){ .value = SPAN_LIT("none"), .set = true };

	double parent_px = style->font_size_px;
	if ((inline_size ? mention.important : mention.properties) & 1u << FONT_SIZE) {
		style->font_size_px = -1;
		state->font_setter = index;
	} else if (d[FONT_SIZE].set) {
		struct span value = d[FONT_SIZE].is_shorthand_font ? shorthand_size(d[FONT_SIZE].value) : d[FONT_SIZE].value;
		style->font_size_px = font_size_px(value, parent_px);
		state->font_setter = index;
	}
	compute_colours(s, index, d, inline_colour, own_background, mention);
	compute_box(e, d);
	if (d[VISIBILITY].set && !is_word(&d[VISIBILITY], "inherit")) {
		state->invisible = is_word(&d[VISIBILITY], "hidden") || is_word(&d[VISIBILITY], "collapse");
		state->visibility_setter = index;
	}
	if (style->hidden == HTML_VISIBLE) {
		enum html_hidden reason = hidden_box(d, style->font_size_px);
		/* Mentions that hide are not counted, so that what is left may switch the element on. */
		if ((e->traits & HTML_NOT_SHOWN_NAME) || (span_eq(e->name, SPAN_LIT("input")) && reason == HTML_VISIBLE))
			hide(style, HTML_NOT_SHOWN, index, false);
		else if (reason != HTML_VISIBLE)
			hide(style, reason, index, (by_class.properties & SWITCHES) != 0);
	} else if ((e->traits & HTML_NOT_SHOWN_NAME)) {
		hide(style, HTML_NOT_SHOWN, index, false);
	}
	if (state->invisible && state->visibility_setter == index && style->hidden == HTML_VISIBLE)
		style->switched_by_class = (by_class.properties & SWITCHES) != 0;
	compute_text_hiding(s, index);
}

void html_style_compute(struct html *html)
{
	struct styler s = { .html = html };

	s.mentions = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	s.states = g_new0(struct state, html->n_elements ? html->n_elements : 1);
	for (size_t i = 0; i < html->n_texts; i++) {
		size_t parent = html->texts[i].parent;
		if (parent != HTML_NO_PARENT && span_eq(html->elements[parent].name, SPAN_LIT("style")))
			read_style_block(&s, html->texts[i].decoded->bytes);
	}
	/* Parents stand before their children. */
	for (size_t i = 0; i < html->n_elements; i++)
		compute(&s, i);
	for (size_t i = 0; i < html->n_texts; i++) {
		size_t parent = html->texts[i].parent;
		html->texts[i].hidden = parent == HTML_NO_PARENT ? HTML_VISIBLE : html->elements[parent].style.hidden;
	}
	g_hash_table_destroy(s.mentions);
	g_free(s.states);
}
