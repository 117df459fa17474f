/*
 * The matching core behind the C interface of the public matching-engine benchmark.
 *
 * One engine for the process. One thread at a time calls the engine; one other thread may drain the
 * transport. Pointers are null or point to what they say. Prices are ticks from -2^40 to 2^40, quantities
 * 1 to 2^32-1 lots. A message that makes no sense (a price beyond the range, a quantity of zero, a side or
 * type that is none, the id of a live order) changes nothing and is answered with nothing.
 */
#ifndef CROSSBOOK_MATCHING_ENGINE_H
#define CROSSBOOK_MATCHING_ENGINE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A new order. 32 bytes. */
typedef struct {
    uint64_t order_id;
    uint64_t sequence_number;
    int64_t price_ticks;
    uint32_t quantity;
    uint8_t side; /* 0 buys, 1 sells */
    uint8_t ioc;  /* not 0: what does not trade at once is cancelled */
    uint8_t _reserved[2];
} new_order_t;

/* A cancel. 16 bytes. */
typedef struct {
    uint64_t order_id;
    uint64_t sequence_number;
} cancel_t;

/* A modify: a cancel and a new order at the back of the queue, under the same id. 32 bytes. */
typedef struct {
    uint64_t order_id;
    uint64_t sequence_number;
    int64_t new_price_ticks;
    uint32_t new_quantity;
    uint8_t side; /* not read: an order keeps its side */
    uint8_t _reserved[3];
} modify_t;

/* One element of a batch: 0 is a new order, 1 a cancel, 2 a modify. 40 bytes, all of them readable. */
typedef struct {
    uint8_t type;
    uint8_t _reserved[7];
    union {
        new_order_t no;
        cancel_t c;
        modify_t md;
    };
} me_msg_t;

typedef enum {
    ME_ORDER_ACK = 0,     /* price and quantity as requested */
    ME_TRADE = 1,         /* the maker's price, the aggressor's sequence number, in match order */
    ME_CANCEL_ACK = 2,    /* also for what is left of an immediate-or-cancel order */
    ME_MODIFY_ACK = 3,    /* exactly one, before the modify's trades */
    ME_CANCEL_REJECT = 4, /* no live order has this id */
    ME_MODIFY_REJECT = 5  /* no live order has this id */
} me_report_type_t;

/* A report. 64 bytes. */
typedef struct {
    uint8_t type;
    uint8_t side;
    uint8_t _reserved[6];
    uint64_t sequence_number;
    uint64_t order_id;
    int64_t price_ticks;
    uint32_t quantity;
    uint32_t _reserved2;
    uint64_t maker_order_id; /* of a trade only */
    uint64_t taker_order_id; /* of a trade only */
    uint64_t _reserved3;
} me_report_t;

/* A queue of reports from the engine's thread to another. */
typedef struct {
    void *(*create)(uint32_t capacity);                     /* NULL on failure */
    int (*push)(void *handle, const me_report_t *report);   /* 0 where it is full */
    uint32_t (*drain)(void *handle, me_report_t *out, uint32_t max);
    void (*flush)(void *handle);                            /* publishes what push held back */
    void (*destroy)(void *handle);
} me_transport_t;

/* The transport and the handle live until after engine_shutdown. */
void engine_init(uint64_t seed, const me_transport_t *transport, void *report_sink);
void engine_shutdown(void);

void engine_on_new_order(const new_order_t *order);
void engine_on_cancel(const cancel_t *cancel);
void engine_on_modify(const modify_t *modify);
void engine_on_batch(const me_msg_t *messages, uint32_t count);

/* When it returns, every report so far can be drained from the engine's own transport. */
void engine_flush(void);

int64_t engine_query_best_bid(void);                                 /* INT64_MIN if there is none */
int64_t engine_query_best_ask(void);                                 /* INT64_MAX if there is none */
uint64_t engine_query_depth_at(int64_t price_ticks, uint8_t side);   /* O(1), from the live book */

/* The engine's own ring. It publishes in groups: a pushed report may be seen only after more of them,
 * engine_flush or the transport's flush. */
const me_transport_t *engine_get_transport(void);

#ifdef __cplusplus
}
#endif

#endif
