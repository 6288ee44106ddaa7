/* presend mcp: the commands as tools for AI agents. */
#ifndef PRESEND_MCP_H
#define PRESEND_MCP_H

/* Runs one command line and returns its exit code, as the program itself would. */
typedef int (*mcp_program)(int argc, char **argv);

/* Serve until standard input ends. Each call of a tool runs in a process of its own, with a time limit. Returns the exit code: 0, or 2 where standard input
 * or output failed. */
int mcp_serve(mcp_program program);

#endif
