/* Computed styles: what style blocks, style attributes, presentational attributes and inheritance say about each element on a desktop, and what
 * hides; then what is otherwise on a telephone and at night. Knows the few properties that decide what a reader sees, and no layout. What may or
 * may not hold makes a value "unknown". */
#include "doc/html_private.h"

#include <math.h>
#include <stdlib.h>

#include "doc/cascade.h"

/* The properties that matter, as places in a declaration table. */
enum property {
	DISPLAY, VISIBILITY, OPACITY, FILTER, FONT_SIZE, COLOUR, BACKGROUND, WIDTH, MAX_WIDTH, HEIGHT, MAX_HEIGHT, OVERFLOW, POSITION, FLOAT,
	LEFT, TOP, RIGHT, MARGIN_LEFT, MARGIN_TOP, TEXT_INDENT, TRANSFORM, CLIP, CLIP_PATH, WHITE_SPACE, ANIMATION, N_PROPERTIES
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
	{ "clip", CLIP },	      { "clip-path", CLIP_PATH },   { "white-space", WHITE_SPACE },  { "filter", FILTER },
	{ "float", FLOAT },	      { "right", RIGHT },	    { "transform", TRANSFORM },
	{ "animation", ANIMATION },   { "animation-name", ANIMATION }, { "-webkit-animation", ANIMATION },
};

struct declaration {
	struct span value;
	uint64_t rank;
	bool set;
	bool maybe;             /* a declaration that may hold beats it */
	bool is_shorthand_font; /* the value of "font" */
	bool here_only;         /* the winner does not hold on every screen */
	bool image;             /* a background with an image or gradient was set and not taken back */
};

struct state {
	size_t font_setter, colour_setter, background_setter, visibility_setter;
	bool invisible;          /* visibility */
	/* What a style block may set otherwise on another screen or in another client. */
	bool font_open, colour_open, visibility_open;
};

struct styler {
	struct html *html;
	struct cascade *cascade; /* NULL where no style block matters */
	GArray *hits;            /* struct cascade_hit of the element at hand */
	struct state *states;
	enum html_screen screen;
	struct html_style *styles; /* where those of this screen go; NULL: into the elements */
	unsigned char *varies;   /* of each element: the screens (bits) on which other declarations meet it */
};

static struct html_style *style_of(const struct styler *s, size_t index)
{
	return s->styles ? &s->styles[index] : &s->html->elements[index].style;
}

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

static gpointer linear_parts(gpointer unused)
{
	double *parts = g_new(double, 256);

	(void)unused;
	for (int i = 0; i < 256; i++) {
		double part = i / 255.0;
		parts[i] = part <= 0.03928 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4);
	}
	return parts;
}

static double luminance(uint32_t colour)
{
	static const double weights[3] = { 0.2126, 0.7152, 0.0722 };
	static GOnce once = G_ONCE_INIT;
	const double *parts = g_once(&once, linear_parts, NULL);
	double sum = 0;

	for (int i = 0; i < 3; i++)
		sum += weights[i] * parts[colour >> (16 - 8 * i) & 255];
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

static int property_of(struct span name)
{
	for (size_t i = 0; i < G_N_ELEMENTS(property_names); i++)
		if (name.n && name.p[0] == property_names[i].name[0] && span_eq(name, span_str(property_names[i].name)))
			return property_names[i].property;
	return -1;
}

static bool has_image(struct span value)
{
	return span_find_ci(value, SPAN_LIT("url("), 0) < value.n || span_find_ci(value, SPAN_LIT("gradient("), 0) < value.n ||
	       span_find_ci(value, SPAN_LIT("image("), 0) < value.n;
}

/* Set what a declaration says; those that win come later. */
static void apply(const struct cascade_hit *hit, struct declaration *d)
{
	struct span name = hit->declaration->name, value = hit->declaration->value;

	if (hit->property == BACKGROUND && !span_eq(name, SPAN_LIT("background-color")))
		d->image = has_image(value);
	d->rank = hit->rank;
	d->here_only = hit->differs != 0;
	d->maybe = false;
	if (span_eq(name, SPAN_LIT("background-image"))) {
		/* It leaves the colour alone. */
		if (!d->set)
			d->value = SPAN_LIT("transparent");
		d->set = true;
		return;
	}
	d->value = value;
	d->set = true;
	d->is_shorthand_font = span_eq(name, SPAN_LIT("font"));
}

static int by_rank(const void *a, const void *b)
{
	const struct cascade_hit *x = a, *y = b;

	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	/* Of one rule: in the order of the source. */
	return x->declaration < y->declaration ? -1 : x->declaration > y->declaration;
}

/* Collect what style blocks and the style attribute say of an element. */
static void collect(const struct styler *s, size_t index, enum html_screen screen, GArray *hits)
{
	const struct css_sheet *inline_css = s->html->elements[index].style_css;

	g_array_set_size(hits, 0);
	if (s->cascade)
		cascade_find(s->cascade, index, screen, hits);
	for (size_t i = 0; inline_css && i < inline_css->n_declarations; i++) {
		const struct css_declaration *d = &inline_css->declarations[i];
		const struct cascade_hit hit = {
			.rank = cascade_inline_rank(d, i), .declaration = d, .property = property_of(d->name), .match = CASCADE_YES
		};
		if (hit.property >= 0)
			g_array_append_val(hits, hit);
	}
}

/* Let the winners fill the table. */
static void read_declarations(struct styler *s, size_t index, struct declaration table[N_PROPERTIES])
{
	collect(s, index, s->screen, s->hits);
	if (s->hits->len == 0)
		return;
	qsort(s->hits->data, s->hits->len, sizeof(struct cascade_hit), by_rank);
	for (guint i = 0; i < s->hits->len; i++) {
		const struct cascade_hit *hit = &g_array_index(s->hits, struct cascade_hit, i);
		if (hit->match == CASCADE_YES)
			apply(hit, &table[hit->property]);
		else if (hit->match == CASCADE_MAYBE)
			table[hit->property].maybe = true;
		if (s->screen == HTML_DESKTOP)
			s->varies[index] |= hit->differs;
	}
}

struct span html_inline_style(const struct html_element *element, const char *property)
{
	const struct css_sheet *css = element->style_css;
	struct span wanted = span_str(property), found = SPAN_EMPTY;
	bool important = false;

	for (size_t i = 0; css && i < css->n_declarations; i++) {
		const struct css_declaration *d = &css->declarations[i];
		if (!span_eq(d->name, wanted) || (important && !d->important))
			continue;
		found = d->value;
		important = d->important;
	}
	return found;
}

/* A declaration that hides cannot be what switches an element on. */
static bool is_hiding(int property, struct span value)
{
	double number;

	if (property == OVERFLOW)
		return span_eq_ci(value, SPAN_LIT("hidden"));
	if (property == DISPLAY)
		return span_eq_ci(value, SPAN_LIT("none"));
	if (property == VISIBILITY)
		return span_eq_ci(value, SPAN_LIT("hidden"));
	return (property == OPACITY || property == FONT_SIZE || (property >= WIDTH && property <= MAX_HEIGHT)) && read_number(&value, &number) &&
	       number == 0;
}

/* Does the winner hide on a telephone, too? */
static bool hides_on_phone(const struct styler *s, size_t index, int property)
{
	GArray *hits = g_array_new(FALSE, FALSE, sizeof(struct cascade_hit));
	const struct cascade_hit *winner = NULL;

	collect(s, index, HTML_PHONE, hits);
	for (guint i = 0; i < hits->len; i++) {
		const struct cascade_hit *hit = &g_array_index(hits, struct cascade_hit, i);
		if (hit->property == property && hit->match == CASCADE_YES && (!winner || by_rank(winner, hit) < 0))
			winner = hit;
	}
	bool hides = winner && is_hiding(property, winner->declaration->value);
	g_array_free(hits, TRUE);
	return hides;
}

/* May one of the properties (bits) be set otherwise, on another screen, in another client, or by a rule that cannot be judged? Only by what would win
 * over what holds here. */
static bool is_open(const struct styler *s, size_t index, const struct declaration *table, uint32_t properties)
{
	for (guint i = 0; i < s->hits->len; i++) {
		const struct cascade_hit *hit = &g_array_index(s->hits, struct cascade_hit, i);
		if (hit->match != CASCADE_YES && (properties & 1u << hit->property) && hit->rank > table[hit->property].rank &&
		    !is_hiding(hit->property, hit->declaration->value))
			return true;
	}
	/* What one screen alone sets is what its own pass is for. */
	for (int property = 0; property < N_PROPERTIES && s->screen == HTML_DESKTOP; property++)
		if (properties & 1u << property && table[property].here_only && !hides_on_phone(s, index, property))
			return true;
	return false;
}

/* -- computing -- */

enum { OFF_SCREEN_PX = -500 };
static const double LEAST_OPACITY = 0.1;

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

/* transform: scale(0), or a shift that leaves the screen. */
static bool transform_hides(struct span value)
{
	struct css_reader reader = { value, 0 };

	for (struct css_token t = css_next_token(&reader); t.kind != CSS_END; t = css_next_token(&reader)) {
		if (t.kind != CSS_FUNCTION)
			continue;
		bool scale = span_starts_ci(t.text, SPAN_LIT("scale")), shift = span_starts_ci(t.text, SPAN_LIT("translate"));
		t = css_next_token(&reader);
		if (t.kind != CSS_NUMBER && t.kind != CSS_DIMENSION)
			continue;
		if ((scale && t.number == 0) || (shift && t.number <= OFF_SCREEN_PX))
			return true;
	}
	return false;
}

/* Opacity as a number or in percent, also that of filter: opacity(). */
static bool is_transparent(const struct declaration *d)
{
	struct span value = d[OPACITY].value, filter = d[FILTER].value;
	double opacity;

	if (d[OPACITY].set && read_number(&value, &opacity))
		return (value.n && value.p[0] == '%' ? opacity / 100 : opacity) < LEAST_OPACITY;
	if (!d[FILTER].set || !span_starts_ci(filter, SPAN_LIT("opacity(")))
		return false;
	filter = span_cut(filter, 8, filter.n);
	return read_number(&filter, &opacity) && (filter.n && filter.p[0] == '%' ? opacity / 100 : opacity) < LEAST_OPACITY;
}

/* Does the element make a box that keeps the sizes it is given? Inline text has none, and tables and their cells grow with what is in them
 * (CSS 2.1, sections 10.2, 10.5 and 17.5). */
static bool has_fixed_box(const struct html_element *e, const struct html_style *style, const struct declaration *d)
{
	bool out_of_flow = is_word(&d[POSITION], "absolute") || is_word(&d[POSITION], "fixed") || (d[FLOAT].set && !is_word(&d[FLOAT], "none"));

	if (d[DISPLAY].set && !is_word(&d[DISPLAY], "inline"))
		return !span_starts_ci(d[DISPLAY].value, SPAN_LIT("table")) && !is_word(&d[DISPLAY], "inline-table");
	return out_of_flow || (style->block && !span_in(e->name, "table thead tbody tfoot tr"));
}

static bool is_moved_away(const struct declaration *d, double font_px)
{
	bool moved = is_word(&d[POSITION], "absolute") || is_word(&d[POSITION], "fixed") || is_word(&d[POSITION], "relative");
	double left = moved && d[LEFT].set ? length_px(d[LEFT].value, font_px) : 0;

	if (left != UNKNOWN_LENGTH && left > -10 * OFF_SCREEN_PX)
		return true;
	return is_below(&d[MARGIN_LEFT], font_px, OFF_SCREEN_PX) || is_below(&d[MARGIN_TOP], font_px, OFF_SCREEN_PX) ||
	       (moved && (is_below(&d[LEFT], font_px, OFF_SCREEN_PX) || is_below(&d[TOP], font_px, OFF_SCREEN_PX) ||
			  is_below(&d[RIGHT], font_px, OFF_SCREEN_PX)));
}

/* The reason why an element with its descendants is hidden by its own declarations; text colour, font and visibility aside. mso-hide:all hides in
 * Outlook for Windows only; every other reader sees the text. */
static enum html_hidden hidden_box(const struct html_element *e, const struct html_style *style, const struct declaration *d)
{
	bool absolute = is_word(&d[POSITION], "absolute") || is_word(&d[POSITION], "fixed");

	if (is_word(&d[DISPLAY], "none"))
		return HTML_HIDDEN_DISPLAY;
	if (is_transparent(d))
		return HTML_HIDDEN_OPACITY;
	bool box = has_fixed_box(e, style, d);
	if (box && (is_word(&d[OVERFLOW], "hidden") || is_word(&d[OVERFLOW], "clip")))
		for (enum property p = WIDTH; p <= MAX_HEIGHT; p++)
			if (is_zero(&d[p], style->font_size_px))
				return HTML_HIDDEN_SIZE;
	if (is_moved_away(d, style->font_size_px) || ((box || style->cell) && is_below(&d[TEXT_INDENT], style->font_size_px, OFF_SCREEN_PX)))
		return HTML_HIDDEN_OFF_SCREEN;
	if (d[TRANSFORM].set && (box || style->cell) && transform_hides(d[TRANSFORM].value))
		return HTML_HIDDEN_OFF_SCREEN;
	/* clip is for absolute boxes alone (CSS 2.1, section 11.1.2). */
	if ((absolute && d[CLIP].set && clips_all(d[CLIP].value)) || (d[CLIP_PATH].set && path_clips_all(d[CLIP_PATH].value)))
		return HTML_HIDDEN_CLIP;
	return HTML_VISIBLE;
}

/* What fades or slides in begins hidden: where it ends is not looked up, and display takes no part in most animations. */
static bool is_animated(const struct declaration *d)
{
	return d[ANIMATION].set && !is_word(&d[ANIMATION], "none");
}

/* The properties that one reason rests on. */
static uint32_t properties_of(enum html_hidden reason)
{
	switch (reason) {
	case HTML_HIDDEN_DISPLAY:
		return 1u << DISPLAY;
	case HTML_HIDDEN_OPACITY:
		return 1u << OPACITY | 1u << FILTER;
	case HTML_HIDDEN_SIZE:
		return 1u << WIDTH | 1u << MAX_WIDTH | 1u << HEIGHT | 1u << MAX_HEIGHT | 1u << OVERFLOW | 1u << FLOAT | 1u << POSITION;
	case HTML_HIDDEN_OFF_SCREEN:
		return 1u << POSITION | 1u << LEFT | 1u << RIGHT | 1u << TOP | 1u << MARGIN_LEFT | 1u << MARGIN_TOP | 1u << TEXT_INDENT | 1u << TRANSFORM;
	case HTML_HIDDEN_CLIP:
		return 1u << POSITION | 1u << CLIP | 1u << CLIP_PATH;
	default:
		return 0;
	}
}

/* Attributes of HTML 3.2 count as declarations that anything else overrides. */
static void set_weak(struct declaration *d, struct span value)
{
	if (!d->set)
		*d = (struct declaration){ .value = value, .set = true };
}

static void read_attributes(const struct html_element *e, struct declaration d[N_PROPERTIES])
{
	static const char *const font_sizes[] = { "10px", "13px", "16px", "18px", "24px", "32px", "48px" };
	const struct html_attribute *a;

	/* Others have no such attributes (WHATWG HTML, sections 15.3.1 and 15.3.8). */
	bool has_ground = span_in(e->name, "body table thead tbody tfoot tr td th");
	if (has_ground && (a = html_attribute(e, "bgcolor")))
		set_weak(&d[BACKGROUND], a->value->bytes);
	if (has_ground && (a = html_attribute(e, "background")) && a->value->bytes.n) {
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
	struct html_style *style = style_of(s, index);

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

static void compute_background(struct styler *s, size_t index, const struct declaration *d)
{
	struct html_style *style = style_of(s, index);
	struct state *state = &s->states[index];
	uint32_t colour;
	double alpha;

	if (d[BACKGROUND].maybe || d[BACKGROUND].image) {
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

static void compute_colours(struct styler *s, size_t index, const struct declaration *d)
{
	struct html_style *style = style_of(s, index);
	struct state *state = &s->states[index];
	uint32_t colour;
	double text_alpha = 1;

	if (d[COLOUR].maybe) {
		style->colour_known = false;
		state->colour_setter = index;
	} else if (d[COLOUR].set && !is_word(&d[COLOUR], "inherit") && !is_word(&d[COLOUR], "currentcolor")) {
		state->colour_setter = index;
		style->colour_known = attribute_colour(d[COLOUR].value, &colour, &text_alpha);
		if (style->colour_known)
			style->colour = colour;
	}
	compute_background(s, index, d);
	state->colour_open = ((state->colour_setter != index || state->background_setter != index) && state->colour_open) ||
			     is_open(s, index, d, 1u << COLOUR | 1u << BACKGROUND);
	/* Transparent text shows what is behind it: all of it the same colour. */
	if (style->colour_known && text_alpha < 1) {
		style->colour_known = style->background_known;
		style->colour = blend(style->colour, style->background, text_alpha);
	}
}

static void compute_box(const struct html_element *e, struct html_style *style, const struct declaration *d)
{
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
	struct html_style *style = style_of(s, index);
	const struct state *state = &s->states[index];

	if (style->hidden != HTML_VISIBLE)
		return;
	if (state->invisible) {
		hide(style, HTML_HIDDEN_VISIBILITY, state->visibility_setter, state->visibility_open);
	} else if (style->font_size_px >= 0 && style->font_size_px < 3) {
		hide(style, HTML_HIDDEN_FONT, state->font_setter, state->font_open);
	} else if (style->colour == 0 && style->background == 0xffffff) {
		return;
	} else if (style->colour_known && style->background_known && html_contrast(style->colour, style->background) < 1.3) {
		size_t later = state->colour_setter;
		if (later == HTML_NO_PARENT || (state->background_setter != HTML_NO_PARENT && state->background_setter > later))
			later = state->background_setter;
		hide(style, HTML_HIDDEN_COLOUR, later == HTML_NO_PARENT ? index : later, state->colour_open);
	}
}

/* True for reasons that hold for all descendants. */
static bool is_inherited(enum html_hidden reason)
{
	return reason != HTML_VISIBLE && reason != HTML_HIDDEN_VISIBILITY && reason != HTML_HIDDEN_FONT && reason != HTML_HIDDEN_COLOUR;
}

static void compute_font(struct styler *s, size_t index, const struct declaration *d)
{
	struct html_style *style = style_of(s, index);
	struct state *state = &s->states[index];

	if (d[FONT_SIZE].maybe) {
		style->font_size_px = -1;
	} else if (d[FONT_SIZE].set) {
		struct span value = d[FONT_SIZE].is_shorthand_font ? shorthand_size(d[FONT_SIZE].value) : d[FONT_SIZE].value;
		style->font_size_px = font_size_px(value, style->font_size_px);
	} else {
		state->font_open |= is_open(s, index, d, 1u << FONT_SIZE);
		return;
	}
	state->font_setter = index;
	state->font_open = is_open(s, index, d, 1u << FONT_SIZE);
}

static void compute(struct styler *s, size_t index)
{
	const struct html_element *e = &s->html->elements[index];
	struct html_style *style = style_of(s, index);
	struct declaration d[N_PROPERTIES] = { 0 };

	if (e->parent == HTML_NO_PARENT) {
		*style = (struct html_style){ .font_size_px = 16, .background = 0xffffff, .colour_known = true, .background_known = true };
		s->states[index] = (struct state){ HTML_NO_PARENT, HTML_NO_PARENT, HTML_NO_PARENT, HTML_NO_PARENT, false, false, false, false };
	} else {
		*style = *style_of(s, e->parent);
		s->states[index] = s->states[e->parent];
		if (!is_inherited(style->hidden))
			hide(style, HTML_VISIBLE, 0, false);
	}
	struct state *state = &s->states[index];
	read_declarations(s, index, d);
	read_attributes(e, d);
	bool written = d[COLOUR].set;
	read_defaults(e, d);
	compute_font(s, index, d);
	compute_colours(s, index, d);
	if (state->colour_setter == index)
		style->colour_written = written;
	style->background_written = state->background_setter != HTML_NO_PARENT;
	compute_box(e, style, d);
	if (d[VISIBILITY].set && !is_word(&d[VISIBILITY], "inherit")) {
		state->invisible = (is_word(&d[VISIBILITY], "hidden") || is_word(&d[VISIBILITY], "collapse")) && !is_animated(d);
		state->visibility_setter = index;
		state->visibility_open = false;
	}
	state->visibility_open |= is_open(s, index, d, 1u << VISIBILITY);
	if (style->hidden == HTML_VISIBLE) {
		enum html_hidden reason = hidden_box(e, style, d);
		if (reason != HTML_HIDDEN_DISPLAY && is_animated(d))
			reason = HTML_VISIBLE;
		if ((e->traits & HTML_NOT_SHOWN_NAME) || (span_eq(e->name, SPAN_LIT("input")) && reason == HTML_VISIBLE))
			hide(style, HTML_NOT_SHOWN, index, false);
		else if (reason != HTML_VISIBLE)
			hide(style, reason, index, is_open(s, index, d, properties_of(reason)));
	} else if ((e->traits & HTML_NOT_SHOWN_NAME)) {
		hide(style, HTML_NOT_SHOWN, index, false);
	}
	compute_text_hiding(s, index);
}

/* Is it a style element whose text browsers read as CSS? The frame that AMP asks for hides all until its scripts run. */
static bool is_sheet(const struct html_element *e)
{
	const struct html_attribute *type = html_attribute(e, "type");

	if (!span_eq(e->name, SPAN_LIT("style")))
		return false;
	for (size_t i = 0; i < e->n_attributes; i++)
		if (span_starts(e->attributes[i].name, SPAN_LIT("amp")) && span_ends_ci(e->attributes[i].name, SPAN_LIT("-boilerplate")))
			return false;
	struct span value = type ? span_trim(type->value->bytes) : SPAN_EMPTY;
	return value.n == 0 || span_eq_ci(value, SPAN_LIT("text/css"));
}

static void read_sheets(struct arena *arena, struct html *html)
{
	GArray *sheets = g_array_new(FALSE, FALSE, sizeof(struct html_sheet));

	for (size_t i = 0; i < html->n_texts; i++) {
		size_t parent = html->texts[i].parent;
		if (parent == HTML_NO_PARENT || !is_sheet(&html->elements[parent]))
			continue;
		const struct html_sheet sheet = { parent, css_parse_sheet(arena, html->texts[i].decoded, &html->tags) };
		g_array_append_val(sheets, sheet);
		if (sheet.css->flags & (CSS_TOO_MANY | CSS_TOO_DEEP))
			html_flag(html, HTML_TOO_MUCH_CSS, html->elements[parent].start_tag);
	}
	html->n_sheets = sheets->len;
	html->sheets = arena_alloc(arena, sheets->len * sizeof(struct html_sheet) + 1);
	if (sheets->len)
		memcpy(html->sheets, sheets->data, sheets->len * sizeof(struct html_sheet));
	g_array_free(sheets, TRUE);
}

/* The styles of another screen: those of a desktop, except where other declarations meet an element or one around it. */
static void compute_screen(struct arena *arena, const struct styler *desktop, enum html_screen screen)
{
	struct html *html = desktop->html;
	struct styler s = *desktop;
	size_t first = 0;

	while (first < html->n_elements && !(desktop->varies[first] & 1u << screen))
		first++;
	if (first == html->n_elements)
		return;
	bool *changed = g_new0(bool, html->n_elements);
	s.screen = screen;
	s.styles = arena_alloc(arena, html->n_elements * sizeof *s.styles);
	s.states = g_new0(struct state, html->n_elements);
	for (size_t i = 0; i < html->n_elements; i++) {
		size_t parent = html->elements[i].parent;
		s.styles[i] = html->elements[i].style;
		s.states[i] = desktop->states[i];
		if (!(desktop->varies[i] & 1u << screen) && (parent == HTML_NO_PARENT || !changed[parent]))
			continue;
		compute(&s, i);
		/* Bytes between the fields may differ, which costs time and nothing else. */
		changed[i] = memcmp(&s.styles[i], &html->elements[i].style, sizeof *s.styles) != 0 ||
			     memcmp(&s.states[i], &desktop->states[i], sizeof *s.states) != 0;
	}
	if (!cascade_is_capped(s.cascade))
		html->screens[screen] = s.styles;
	g_free(s.states);
	g_free(changed);
}

const struct html_style *html_style_on(const struct html *html, size_t element, enum html_screen screen)
{
	return html->screens[screen] ? &html->screens[screen][element] : &html->elements[element].style;
}

void html_style_compute(struct arena *arena, struct html *html)
{
	struct styler s = { .html = html, .hits = g_array_new(FALSE, FALSE, sizeof(struct cascade_hit)), .screen = HTML_DESKTOP };

	s.states = g_new0(struct state, html->n_elements ? html->n_elements : 1);
	s.varies = g_new0(unsigned char, html->n_elements ? html->n_elements : 1);
	read_sheets(arena, html);
	for (size_t i = 0; i < html->n_elements; i++) {
		const struct html_attribute *attribute = html_attribute(&html->elements[i], "style");
		if (attribute)
			html->elements[i].style_css = css_parse_declarations(arena, attribute->value, &html->tags);
	}
	s.cascade = cascade_new(html, arena, property_of);
	/* Parents stand before their children. */
	for (size_t i = 0; i < html->n_elements; i++)
		compute(&s, i);
	if (cascade_is_capped(s.cascade))
		html_flag(html, HTML_TOO_MUCH_CSS, html->elements[html->sheets[0].element].start_tag);
	for (size_t i = 0; i < html->n_texts; i++) {
		size_t parent = html->texts[i].parent;
		html->texts[i].hidden = parent == HTML_NO_PARENT ? HTML_VISIBLE : html->elements[parent].style.hidden;
	}
	for (int screen = HTML_DESKTOP + 1; screen < HTML_N_SCREENS; screen++)
		compute_screen(arena, &s, (enum html_screen)screen);
	cascade_free(s.cascade);
	g_array_free(s.hits, TRUE);
	g_free(s.states);
	g_free(s.varies);
}
