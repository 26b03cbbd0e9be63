/* The text format of Prometheus (exposition format 0.0.4) from what the daemons' status views say: every
 * family once, with HELP and TYPE, its samples together. */
#pragma once

#include <jansson.h>
#include <stdio.h>

/* daemons: the array of status documents; one that did not answer has no "turns" and gives only sigap_up 0.
 * What a daemon says of itself (common/metrics.h) comes after what all of them say. */
void exposition_write(FILE *file, const json_t *daemons);
