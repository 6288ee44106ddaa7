/* presend lsp: a language server over standard input and output. */
#ifndef PRESEND_LSP_H
#define PRESEND_LSP_H

#include "run.h"

/* Serve until the client says exit or closes. Returns the exit code: 0 after shutdown and exit, 1 where the client left without (Language Server Protocol
 * 3.17, "Exit Notification"), 2 where standard input or output failed. */
int lsp_serve(const struct run_options *options);

#endif
