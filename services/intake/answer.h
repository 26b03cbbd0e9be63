/* The answers of intake. Everything is taken from the arena of the turn. */
#pragma once

#include "common/arena.h"
#include "common/problem.h"
#include "common/request.h"
#include "services/intake/receive.h"

/* 202 with the ticket and where to ask; for what may be urgent also the emergency numbers. */
void intake_answer_receipt(
    struct arena *arena, const struct intake *intake, const struct receipt *receipt, struct answer *answer);
void intake_answer_problem(struct arena *arena, const struct problem *problem, struct answer *answer);
/* As intake_answer_problem, with the emergency numbers of the site as a member. */
void intake_answer_emergency(
    struct arena *arena, const struct intake *intake, const struct problem *problem, struct answer *answer);
/* text: JSON in the arena, or NULL when that is exhausted (500; the turn sees to it). */
void intake_answer_json(unsigned status, const char *text, struct answer *answer);
/* 405 with the methods that do apply. */
void intake_answer_method(struct arena *arena, const char *allow, struct answer *answer);

/* 415 that says what would be taken: a content type, or "" when the body is compressed. */
void intake_answer_type(struct arena *arena, const char *type, struct answer *answer);

/* What stands for the letter within an element of XML. NULL: itself. */
static inline const char *intake_xml_entity(char letter) {
    return letter == '&' ? "&amp;" : letter == '<' ? "&lt;" : letter == '>' ? "&gt;" : NULL;
}
/* Text as it stands within an element of XML; "" when the arena is exhausted. */
const char *intake_answer_xml(struct arena *arena, const char *text);

/* The site's numbers as a JSON object, for struct intake. NULL when out of memory; free() it. */
char *intake_emergency_json(const struct site *site);
