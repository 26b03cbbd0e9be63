/* Short texts that people and senders type: tickets, ids, areas, durations, networks, base 64, signatures and
 * tokens of links. One a line; each line is tried as everything. */
#include "common/area.h"
#include "common/calendar.h"
#include "common/config.h"
#include "common/hmac.h"
#include "common/http_client.h"
#include "common/id.h"
#include "common/ticket.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

static const uint8_t key[HMAC_KEY_BYTES] = {1, 2, 3};

static void as_ticket(const char *text) {
    struct ticket ticket, again;
    char written[TICKET_TEXT + 1];
    if (!ticket_from_text(text, &ticket))
        return;
    ticket_to_text(&ticket, written);
    FUZZ_HOLDS(ticket_from_text(written, &again) && memcmp(&ticket, &again, sizeof ticket) == 0);
}

static void as_id(const char *text) {
    struct id id, again;
    char written[ID_TEXT + 1];
    if (!id_from_text(text, &id))
        return;
    id_to_text(&id, written);
    FUZZ_HOLDS(id_from_text(written, &again) && id_equal(&id, &again));
    FUZZ_HOLDS(strlen(text) == ID_TEXT);
}

static void as_area(const char *text) {
    char cut[AREA_TEXT + 1], parent[AREA_TEXT + 1];
    enum area_level level = area_level(text);
    for (enum area_level to = AREA_NONE; to <= AREA_VILLAGE; to++)
        FUZZ_HOLDS(area_cut(text, to, cut) == (level != AREA_NONE) || to == AREA_NONE);
    if (level == AREA_NONE)
        return;
    FUZZ_HOLDS(area_parent(text, parent) && area_within(text, parent) && area_within(text, text));
    FUZZ_HOLDS(area_common(text, text) == level);
}

static void as_duration(const char *text) {
    struct duration duration, again;
    char written[16];
    enum calendar_zone zone;
    calendar_zone_parse(text, &zone);
    if (!duration_parse(text, true, &duration))
        return;
    duration_ms(duration);
    duration_text(duration, written);
    FUZZ_HOLDS(duration_parse(written, true, &again) && again.count == duration.count &&
               again.unit == duration.unit);
}

static void as_base64(const char *text) {
    uint8_t bytes[64], secret[HMAC_WEBHOOK_SECRET_MAX];
    char written[128];
    size_t size;
    for (enum hmac_base64 form = HMAC_BASE64_STANDARD; form <= HMAC_BASE64_URL; form++)
        if (hmac_base64_decode(text, strlen(text), form, bytes, sizeof bytes, &size)) {
            FUZZ_HOLDS(size <= sizeof bytes);
            FUZZ_HOLDS(hmac_base64_encode(bytes, size, form, written, sizeof written));
            FUZZ_HOLDS(strcmp(written, text) == 0);
        }
    if (hmac_webhook_secret(text, secret, &size))
        FUZZ_HOLDS(size >= HMAC_WEBHOOK_SECRET_MIN && size <= HMAC_WEBHOOK_SECRET_MAX);
}

/* Nothing that was not signed with our key is good. */
static void as_signature(const char *text) {
    uint8_t payload[HMAC_TOKEN_PAYLOAD_MAX];
    size_t size = 0;
    FUZZ_HOLDS(hmac_token_read(key, "answer", 0, text, payload, &size) == HMAC_TOKEN_FORGED);
    FUZZ_HOLDS(!hmac_webhook_verify(key, sizeof key, "id", 1000, text, strlen(text), text, 1000));
    FUZZ_HOLDS(!hmac_hub_verify("secret", text, strlen(text), text));
}

static void as_network(const char *text) {
    struct http_network network;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(0x7f000001)}};
    if (!http_network_read(text, &network))
        return;
    FUZZ_HOLDS(network.bits <= 128);
    http_network_holds(&network, (const struct sockaddr *)&address);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    struct fuzz_input input = fuzz_input(bytes, size);
    while (input.at < input.end) {
        char *text = fuzz_line(&input);
        as_ticket(text);
        as_id(text);
        as_area(text);
        as_duration(text);
        as_base64(text);
        as_signature(text);
        as_network(text);
        free(text);
    }
    return 0;
}
