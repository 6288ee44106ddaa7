/* Text in XML and HTML: the few characters that are mark-up, and those that XML 1.0 cannot hold at all. */
#ifndef PRESEND_REPORT_XML_H
#define PRESEND_REPORT_XML_H

#include <glib.h>

#include "base/span.h"

/* Append text for element content or a quoted attribute. What XML cannot hold (control characters, broken UTF-8, U+FFFE) and what
 * would change how the rest is read (bidi controls) becomes <U+001B> or <9B>, escaped; line ends and TAB become one space each.
 * Source: XML 1.0, sections 2.2 and 2.4. */
void xml_append_text(GString *out, struct span text);
/* The same for the source of a draft: TAB stays, and characters that nobody sees are spelt out, too. */
void xml_append_source(GString *out, struct span text);
/* Append a document for a quoted attribute (srcdoc): line ends stay; NUL, which no document may hold, and broken UTF-8 become U+FFFD. */
void xml_append_markup(GString *out, struct span text);
/* Append ' name="value"'. */
void xml_append_attribute(GString *out, const char *name, const char *value);
void xml_append_attribute_size(GString *out, const char *name, size_t value);

#endif
