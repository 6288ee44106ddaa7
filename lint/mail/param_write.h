/* A parameter with text beyond ASCII, in the form that RFC 2231, sections 3 and 4, gives it: name*=UTF-8''..., or in numbered pieces. */
#ifndef PRESEND_MAIL_PARAM_WRITE_H
#define PRESEND_MAIL_PARAM_WRITE_H

#include <glib.h>

#include "base/span.h"

/* Append the parameter: pieces that fit into lines of 76, each of whole characters, with "; " between them. value: UTF-8. */
void param_write(GString *out, struct span name, struct span value);

#endif
