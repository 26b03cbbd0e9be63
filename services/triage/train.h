/* The trainer of the linear model: a tool for people, not part of the pipeline. */
#pragma once

/* `sigapctl triage train`, see train.c. Returns an exit status; ends the process with 1 when something is
 * wrong with the input or memory runs out. */
int triage_train_main(int argc, char **argv, const char *site_folder);
