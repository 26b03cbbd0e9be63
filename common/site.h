/* The configuration set of a site (deploy/sites/<site>/) that more than one daemon needs: site.yaml,
 * links.yaml, kinds.yaml, roles.yaml. Fields are explained in deploy/sites/README.md, file by file. A daemon
 * loads only what it uses. Everything is read-only after loading and owned by the returned struct; every text
 * is valid until site_*_free. */
#pragma once

#include "common/arena.h"
#include "common/calendar.h"
#include "common/config.h"
#include "common/error.h"

#include <stdbool.h>

/* P0..P4 as numbers 0..4. INHERIT: taken from the parent case (kind tindak_lanjut). */
enum site_priority { SITE_P0, SITE_P1, SITE_P2, SITE_P3, SITE_P4, SITE_PRIORITY_INHERIT };
/* C0..C3 as numbers 0..3. */
enum site_confidentiality { SITE_C0, SITE_C1, SITE_C2, SITE_C3, SITE_CONFIDENTIALITY_INHERIT };

extern const cyaml_strval_t site_priority_words[6];        /* P0 P1 P2 P3 P4 inherit, for CYAML_FIELD_ENUM */
extern const cyaml_strval_t site_confidentiality_words[5]; /* C0 C1 C2 C3 inherit */
extern const cyaml_strval_t site_yes_no_words[3];          /* no 0, yes 1, unknown 2 */

/* ---- site.yaml */

struct site_short_code {
    char *number; /* "112" */
    char *name, *name_en;
};

struct site_retention {
    struct duration intake, journal, backup, closed_case, audit, media;
};

struct site {
    char *name; /* folder name: "jatim" */
    char *title, *title_en;
    char *operator_name; /* who runs it */
    enum calendar_zone zone;
    char **provinces; /* Kemendagri codes: "35" */
    unsigned provinces_count;
    struct site_short_code *short_codes;
    unsigned short_codes_count;
    char *emergency_text,
        *emergency_text_en; /* the sentence with the numbers that every refusal for load carries */
    char *gazetteer;        /* folder, relative to the site's folder */
    struct site_retention retention;
};

struct site *site_load(const char *folder, struct error *error);
void site_free(struct site **site);

/* ---- links.yaml */

enum site_link_start { SITE_LINK_OLDEST, SITE_LINK_NOW };

struct site_daemon {
    char *name;
    bool core;    /* its cursor holds the producers' trimming back */
    char **reads; /* names of the daemons whose journals it reads */
    unsigned reads_count;
    char **serves; /* HTTP path prefixes that belong to it: "/v1/"; empty: no HTTP */
    unsigned serves_count;
    enum site_link_start start; /* where a link that never ran begins */
    char *endpoint;             /* NULL: ipc:// socket of that name in the run folder; else tcp:// */
    char *public_key; /* CURVE key, Z85, 40 characters; needed with tcp:// and for readers from outside */
};

struct site_links {
    struct site_daemon *daemons;
    unsigned daemons_count;
};

struct site_links *site_links_load(const char *folder, struct error *error);
void site_links_free(struct site_links **links);
const struct site_daemon *site_links_find(
    const struct site_links *links, const char *name); /* NULL: unknown */
bool site_links_may_read(const struct site_links *links, const char *reader, const char *producer);

/* ---- kinds.yaml */

struct site_kind {
    char *code, *name, *name_en;
    char **ppks; /* PPKS-nn, may be empty */
    unsigned ppks_count;
    char **clusters; /* KL-..., may be empty */
    unsigned clusters_count;
    char **playbooks; /* PB-...; more than one: the playbook's own condition decides; may be empty */
    unsigned playbooks_count;
    enum site_priority urgency_default;
    enum site_confidentiality confidentiality;
    bool opens_case;                  /* false: answered as information, never a case by itself */
    char *family;                     /* kinds that may tell of one and the same case share a family */
    struct duration same_case_within; /* how far apart two reports of one case may lie */
};

struct site_kinds {
    struct site_kind *kinds; /* in the order of the file */
    unsigned kinds_count;
};

struct site_kinds *site_kinds_load(const char *folder, struct error *error);
void site_kinds_free(struct site_kinds **kinds);
const struct site_kind *site_kinds_find(const struct site_kinds *kinds, const char *code); /* NULL: unknown */

/* The outcome of a case whose reports count with another: triage orders it and takes it back, no person. */
#define SITE_OUTCOME_MERGED "digabung"

/* The fact of a case that names its further kinds: of other victims in the same report, or another wrong done
 * to the same. Codes separated by spaces. Triage finds them, people correct them, casework plans for them. */
#define SITE_FACT_ALSO_KINDS "also_kinds"
enum { SITE_CODE_MAX = 64 /* bytes of a kind's code */ };
/* The next of codes separated by spaces; *rest moves behind it. "" for a word that is longer than any code.
 * False: there is no further one. */
bool site_codes_next(const char **rest, char code[SITE_CODE_MAX + 1]);
/* The codes of both, each once, from the arena; "no" and "unknown" are none. NULL: it is exhausted. */
const char *site_codes_join(struct arena *arena, const char *known, const char *more);
/* Those of `codes` that are not among `others`, likewise. */
const char *site_codes_without(struct arena *arena, const char *codes, const char *others);
/* Of one family, or the same: then they are one matter in other words. */
bool site_kinds_same_family(const struct site_kinds *kinds, const char *one, const char *other);
/* The strictest of `before` and the kinds among codes separated by spaces, 0..3: a case whose kinds change is
 * never shown to more people than before. */
int site_kinds_stricter(const struct site_kinds *kinds, int before, const char *codes);
/* Is the code among codes separated by spaces? */
bool site_kinds_listed(const char *codes, const char *code);
/* All of them kinds that open cases, and at least one; "no" and "unknown" are no kinds. */
bool site_kinds_all_known(const struct site_kinds *kinds, const char *codes);

/* ---- roles.yaml */

/* The rights a role stands for; the area or facility a person has narrows them. */
enum site_access {
    SITE_ACCESS_NONE, /* told by others, has no account (family, an agency reached through a liaison) */
    SITE_ACCESS_RESPONDER,
    SITE_ACCESS_FACILITY,
    SITE_ACCESS_OPERATOR,
    SITE_ACCESS_COORDINATOR,
    SITE_ACCESS_ADMINISTRATOR,
    SITE_ACCESS_AUDITOR,
};

enum site_scope {
    SITE_SCOPE_PROVINCE,
    SITE_SCOPE_REGENCY,
    SITE_SCOPE_DISTRICT,
    SITE_SCOPE_VILLAGE,
    SITE_SCOPE_FACILITY
};

struct site_role {
    char *code, *name, *name_en, *duty;
    enum site_access access;
    enum site_scope scope;
    bool agency; /* another agency: reached through the liaison of teams.yaml when it has no account */
};

struct site_roles {
    struct site_role *roles;
    unsigned roles_count;
};

struct site_roles *site_roles_load(const char *folder, struct error *error);
void site_roles_free(struct site_roles **roles);
const struct site_role *site_roles_find(const struct site_roles *roles, const char *code);
