/* `sigap-intake import FILE`, also `sigapctl intake import FILE`: a table of reports, sent to POST /v1/import
 * of a running site in pieces; a line a row on standard output. May be repeated: rows that are in already
 * keep their tickets. */
#pragma once

int intake_import(int argc, char **argv, const char *site_dir);
