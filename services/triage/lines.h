/* What people decided, as lines that `sigapctl triage train` reads. */
#pragma once

/* `sigapctl triage corrections --url URL --account NAME --out FILE`: signs in at the console as that person
 * (the password is the first line of standard input), reads the decisions that they may read with their
 * words, and writes one JSON object a line. The words are personal data: the file is for its owner only
 * (0600), and every reading stands in the audit under the person's name. Returns an exit status. */
int triage_lines_main(int argc, char **argv, const char *site_dir);
