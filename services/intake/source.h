/* A source: one way in which reports arrive over HTTP. A new one is a file source_<name>.c that defines
 *
 *     const struct intake_source intake_source_<name> = {...};
 *
 * and tests/test_source_<name>.c beside it. The table intake_sources is made from the file names by
 * CMakeLists.txt; no other line changes.
 *
 * Rules for every source (webhooks of platforms as well): reply 2xx only through the turn, so after the
 * commit; compare secrets in constant time; check signatures over the raw bytes; answer a duplicate like the
 * first time; log nothing of the content. Webhooks: hook.h. */
#pragma once

#include "common/http_rules.h"
#include "common/request.h"
#include "services/intake/state.h"

enum { SOURCE_BODY_MAX = 64 * 1024 };

struct intake_call {
    struct intake *intake;
    void *own; /* what the source's open made */
    const struct request *request;
    char (*parts)[64]; /* what the stars of the route stand for */
    const char *route; /* the one that matched */
};

struct hook;

/* A call to a platform. Texts in the arena. */
struct hook_call {
    const char *url, *method;
    struct http_header headers[4];
    size_t header_count;
    const char *body;
    size_t body_size;
    const char *username, *password; /* HTTP basic or SMTP AUTH; NULL */
    const char *mail_from, *mail_to; /* a mail: addresses without <>; NULL: HTTP */
};

struct intake_source {
    const char *name;
    const char *const *routes; /* patterns of http_path_matches, NULL at the end */
    size_t body_max;           /* 0: SOURCE_BODY_MAX. More is answered 413 while it is read */
    /* The source's own settings and secrets. Optional. False with a sentence: intake does not start. */
    bool (*open)(const char *site_dir, const char *data_dir, void **own, struct error *error);
    void (*close)(void **own);
    enum verdict (*on_request)(struct turn *turn, const struct intake_call *call, struct answer *answer);
    /* Comes from a sender we know and may be urgent: then it is taken although we are overloaded or low on
     * disk. Cheap, errs upwards. Optional: never. */
    bool (*is_urgent)(const struct intake_call *call);

    const struct hook *hook;         /* a platform that sends messages; NULL: none */
    const char *const *option_names; /* of its channels in sources.yaml, NULL at the end; NULL: no channels */
    size_t options_required;         /* the first so many */
};

/* Ends with NULL. Made at build time. */
extern const struct intake_source *const intake_sources[];
