/* The trainers of the linear model and of the choice among places: tools for people, not part of the
 * pipeline. */
#pragma once

/* `sigapctl triage train`, see train.c. Returns an exit status; ends the process with 1 when something is
 * wrong with the input or memory runs out. */
int triage_train_main(int argc, char **argv, const char *site_folder);
/* `sigapctl triage train-places`, see train_places.c; likewise. */
int triage_train_places_main(int argc, char **argv, const char *site_folder);
