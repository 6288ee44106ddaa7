/* Checks that look at nothing: their rules are reported by engine.c about the run itself. */
#include "rule/check_common.h"

CHECK(reported_by_engine)
{
	(void)c;
	(void)m;
}
