/* Loads the engine as the benchmark does and checks the reports of a short scenario, over the engine's
 * own ring and over a queue of our own. Prints the first difference and exits with 1 where there is one. */
#include "matching_engine.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(sizeof(new_order_t) == 32, "new_order_t");
_Static_assert(sizeof(cancel_t) == 16, "cancel_t");
_Static_assert(sizeof(modify_t) == 32, "modify_t");
_Static_assert(sizeof(me_msg_t) == 40, "me_msg_t");
_Static_assert(sizeof(me_report_t) == 64, "me_report_t");

static void (*init)(uint64_t, const me_transport_t *, void *);
static void (*shutdown_engine)(void);
static void (*on_new_order)(const new_order_t *);
static void (*on_cancel)(const cancel_t *);
static void (*on_modify)(const modify_t *);
static void (*on_batch)(const me_msg_t *, uint32_t);
static void (*flush_engine)(void);
static int64_t (*best_bid)(void);
static int64_t (*best_ask)(void);
static uint64_t (*depth_at)(int64_t, uint8_t);
static const me_transport_t *(*get_transport)(void);

static void *symbol(void *library, const char *name) {
    void *found = dlsym(library, name);
    if (!found) {
        fprintf(stderr, "missing symbol %s\n", name);
        exit(1);
    }
    return found;
}

static void expect(int64_t got, int64_t wanted, const char *what) {
    if (got != wanted) {
        fprintf(stderr, "%s: got %lld, wanted %lld\n", what, (long long)got, (long long)wanted);
        exit(1);
    }
}

/* A queue that is full every other time, to see that the engine tries again. */
typedef struct {
    me_report_t reports[64];
    uint32_t count;
    int refuse;
} list_t;

static int list_push(void *handle, const me_report_t *report) {
    list_t *list = handle;
    list->refuse = !list->refuse;
    if (list->refuse || list->count == 64) {
        return 0;
    }
    list->reports[list->count++] = *report;
    return 1;
}

static const me_report_t WANTED[] = {
    {.type = ME_ORDER_ACK, .side = 1, .sequence_number = 0, .order_id = 1, .price_ticks = 101, .quantity = 5},
    {.type = ME_ORDER_ACK, .side = 1, .sequence_number = 1, .order_id = 2, .price_ticks = 100, .quantity = 5},
    {.type = ME_ORDER_ACK, .side = 0, .sequence_number = 2, .order_id = 3, .price_ticks = 101, .quantity = 7},
    {.type = ME_TRADE, .side = 0, .sequence_number = 2, .order_id = 3, .price_ticks = 100, .quantity = 5,
     .maker_order_id = 2, .taker_order_id = 3},
    {.type = ME_TRADE, .side = 0, .sequence_number = 2, .order_id = 3, .price_ticks = 101, .quantity = 2,
     .maker_order_id = 1, .taker_order_id = 3},
    {.type = ME_ORDER_ACK, .side = 0, .sequence_number = 3, .order_id = 4, .price_ticks = -7, .quantity = 9},
    {.type = ME_MODIFY_ACK, .side = 0, .sequence_number = 4, .order_id = 4, .price_ticks = 98, .quantity = 10},
    {.type = ME_ORDER_ACK, .side = 1, .sequence_number = 5, .order_id = 5, .price_ticks = 98, .quantity = 12},
    {.type = ME_TRADE, .side = 1, .sequence_number = 5, .order_id = 5, .price_ticks = 98, .quantity = 10,
     .maker_order_id = 4, .taker_order_id = 5},
    {.type = ME_CANCEL_ACK, .side = 1, .sequence_number = 5, .order_id = 5, .price_ticks = 98, .quantity = 2},
    {.type = ME_CANCEL_REJECT, .sequence_number = 6, .order_id = 4},
    {.type = ME_MODIFY_REJECT, .sequence_number = 7, .order_id = 4},
    {.type = ME_CANCEL_ACK, .side = 1, .sequence_number = 12, .order_id = 1, .price_ticks = 101, .quantity = 3},
};

static void scenario(int batched) {
    me_msg_t messages[] = {
        {.type = 0, .no = {1, 0, 101, 5, 1, 0, {0}}},
        {.type = 0, .no = {2, 1, 100, 5, 1, 0, {0}}},
        {.type = 0, .no = {3, 2, 101, 7, 0, 0, {0}}},
        {.type = 0, .no = {4, 3, -7, 9, 0, 0, {0}}},
        {.type = 2, .md = {4, 4, 98, 10, 0, {0}}},
        {.type = 0, .no = {5, 5, 98, 12, 1, 1, {0}}},
        {.type = 1, .c = {4, 6}},
        {.type = 2, .md = {4, 7, 98, 10, 0, {0}}},
        /* Nonsense, answered with nothing: no quantity, no such side, a price beyond the range, a live id. */
        {.type = 0, .no = {6, 8, 98, 0, 1, 0, {0}}},
        {.type = 0, .no = {6, 9, 98, 1, 2, 0, {0}}},
        {.type = 0, .no = {6, 10, INT64_MAX, 1, 1, 0, {0}}},
        {.type = 0, .no = {1, 11, 98, 1, 1, 0, {0}}},
        {.type = 1, .c = {1, 12}},
    };
    uint32_t count = sizeof messages / sizeof *messages;
    if (batched) {
        on_batch(messages, count - 1);
    } else {
        for (uint32_t i = 0; i + 1 < count; ++i) {
            if (messages[i].type == 0) on_new_order(&messages[i].no);
            else if (messages[i].type == 1) on_cancel(&messages[i].c);
            else on_modify(&messages[i].md);
        }
    }
    expect(best_bid(), INT64_MIN, "best bid");
    expect(best_ask(), 101, "best ask");
    expect((int64_t)depth_at(101, 1), 3, "depth at 101");
    expect((int64_t)depth_at(101, 0), 0, "depth of the other side");
    expect((int64_t)depth_at(101, 9), 0, "depth of no side");
    on_cancel(&messages[count - 1].c);
    expect(best_ask(), INT64_MAX, "best ask of an empty book");
    flush_engine();
}

static void compare(const me_report_t *got, uint32_t count) {
    expect(count, sizeof WANTED / sizeof *WANTED, "number of reports");
    for (uint32_t i = 0; i < count; ++i) {
        if (memcmp(&got[i], &WANTED[i], sizeof got[i]) != 0) {
            fprintf(stderr, "report %u differs: type %u seq %llu id %llu price %lld quantity %u\n", i, got[i].type,
                    (unsigned long long)got[i].sequence_number, (unsigned long long)got[i].order_id,
                    (long long)got[i].price_ticks, got[i].quantity);
            exit(1);
        }
    }
}

int main(int argc, char **argv) {
    void *library = argc > 1 ? dlopen(argv[1], RTLD_NOW | RTLD_LOCAL) : NULL;
    if (!library) {
        fprintf(stderr, "cannot load the engine: %s\n", argc > 1 ? dlerror() : "no path given");
        return 1;
    }
    *(void **)&init = symbol(library, "engine_init");
    *(void **)&shutdown_engine = symbol(library, "engine_shutdown");
    *(void **)&on_new_order = symbol(library, "engine_on_new_order");
    *(void **)&on_cancel = symbol(library, "engine_on_cancel");
    *(void **)&on_modify = symbol(library, "engine_on_modify");
    *(void **)&on_batch = symbol(library, "engine_on_batch");
    *(void **)&flush_engine = symbol(library, "engine_flush");
    *(void **)&best_bid = symbol(library, "engine_query_best_bid");
    *(void **)&best_ask = symbol(library, "engine_query_best_ask");
    *(void **)&depth_at = symbol(library, "engine_query_depth_at");
    *(void **)&get_transport = symbol(library, "engine_get_transport");

    /* Without an engine nothing happens. */
    on_cancel(&(cancel_t){1, 1});
    on_new_order(NULL);
    expect(best_bid(), INT64_MIN, "best bid without an engine");
    init(1, NULL, NULL);
    on_cancel(&(cancel_t){1, 1});

    for (int batched = 0; batched < 2; ++batched) {
        me_report_t got[64];
        const me_transport_t *own = get_transport();
        void *ring = own->create(100);
        if (!ring) {
            fprintf(stderr, "no ring\n");
            return 1;
        }
        init(42, own, ring);
        scenario(batched);
        compare(got, own->drain(ring, got, 64));
        expect(own->push(ring, &WANTED[0]), 1, "push");
        own->flush(ring);
        expect(own->drain(ring, got, 64), 1, "drain");
        shutdown_engine();
        own->destroy(ring);

        list_t list = {.count = 0};
        me_transport_t foreign = {.push = list_push};
        init(43, &foreign, &list);
        scenario(batched);
        compare(list.reports, list.count);
        shutdown_engine();
    }
    if (get_transport()->create(UINT32_MAX)) {
        fprintf(stderr, "a ring of four thousand million reports was promised\n");
        return 1;
    }
    puts("ok");
    return 0;
}
