/* Accounts: who may sign in, with which classes of rights, role codes, areas and facilities.
 *
 * They are made and changed by `sigapctl` through ControlView, by who may open the local socket. A password
 * that we make has 100 bits of chance; what people choose is only ever kept as Argon2id (passwords.h). */
#pragma once

#include "common/rights.h"
#include "common/site.h"
#include "common/turn.h"

#include <stdbool.h>

enum {
    ACCOUNT_NAME_MAX = RIGHTS_ACCOUNT_MAX,
    ACCOUNT_LIST_MAX = 16, /* classes, codes: so many each; of areas and facilities see common/rights.h */
    ACCOUNT_PASSWORD_MIN = 12,
    ACCOUNT_PASSWORD_MAX = 128, /* bytes */
    ACCOUNT_ARGUMENT_MAX = 1024,
};

/* Lists are words with a comma between them, "" for none. Texts live as long as the turn. */
struct account {
    const char *name, *classes, *codes, *areas, *facilities, *password;
    bool disabled;
    int64_t renewed; /* how often the password became another one */
};

/* False when there is none of this name (any case). */
bool account_find(struct turn *turn, const char *name, struct account *out);
/* What goes with every view and command. roles: classes and codes. */
Sigap__Actor *account_actor(struct turn *turn, const struct account *account);
bool account_has_class(const struct account *account, const char *word);

/* account.create "NAME [CLASSES [CODES [AREAS [FACILITIES]]]]", lists with commas, "-" for none, "*" for all
 * areas; the name alone makes an administrator. account.password "NAME". These answer
 * {"account","password"}: the one time it is seen. account.disable, account.enable "NAME". False: no action
 * of ours. */
bool account_control(struct turn *turn, const struct site_roles *roles, const Sigap__Actor *actor,
    const Sigap__ControlView *control, Sigap__ViewAnswer *answer);
/* ListView accounts. */
void account_list(
    struct turn *turn, const Sigap__Actor *actor, const Sigap__ListView *list, Sigap__ViewAnswer *answer);
