/* Paths as words: made absolute, and told from a folder. No link is followed and no file is looked at. */
#ifndef PRESEND_BASE_PATH_H
#define PRESEND_BASE_PATH_H

/* Absolute, without "." and ".." and doubled slashes. g_free() it. */
char *path_absolute(const char *path);

/* The way from a folder to a path: "drafts/a.eml", "../a.eml", "." for the folder itself. Both are made absolute first. g_free() it. */
char *path_relative(const char *folder, const char *path);

#endif
