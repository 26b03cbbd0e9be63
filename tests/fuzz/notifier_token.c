/* Tokens of answer links: what was not signed is forged, what was signed comes back
 * (services/notifier/token.h). The first 26 bytes make a token, the rest is a text that claims to be one. */
#include "services/notifier/token.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    static const uint8_t key[HMAC_KEY_BYTES] = {9, 9, 9};
    struct fuzz_input input = fuzz_input(bytes, size);
    struct answer_token token = {0}, read;
    char written[HMAC_TOKEN_TEXT + 1];
    for (size_t i = 0; i < sizeof token.alert.bytes; i++)
        token.alert.bytes[i] = fuzz_byte(&input);
    for (size_t i = 0; i < sizeof token.team; i++)
        token.team[i] = fuzz_byte(&input);
    token.action = (enum alert_move)(fuzz_byte(&input) % (MOVE_DONE + 1));
    uint8_t flip = fuzz_byte(&input);
    token.to_person = flip & 1;
    FUZZ_HOLDS(token_write(key, &token, 2000000, written));
    FUZZ_HOLDS(token_read(key, written, 1000, &read) == HMAC_TOKEN_GOOD);
    FUZZ_HOLDS(memcmp(&read.alert, &token.alert, sizeof read.alert) == 0 && read.action == token.action &&
               read.to_person == token.to_person);
    FUZZ_HOLDS(token_read(key, written, 3000000, &read) == HMAC_TOKEN_EXPIRED);
    written[flip % strlen(written)] ^= (char)(1 + (flip & 7));
    FUZZ_HOLDS(token_read(key, written, 1000, &read) == HMAC_TOKEN_FORGED);
    char *claimed = fuzz_line(&input);
    FUZZ_HOLDS(token_read(key, claimed, 1000, &read) == HMAC_TOKEN_FORGED);
    free(claimed);
    return 0;
}
