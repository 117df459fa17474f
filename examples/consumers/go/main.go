// Watches a live simulation: its prices, and every trade, each number exactly as it was sent.
//
//	crossbook stream --speed 10     # in one terminal
//	go run .                        # in another, in this folder; Ctrl-C ends it
//
// It connects again when the connection breaks, and tells of every trade that it missed.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log"
	"math/rand"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"time"

	"github.com/gorilla/websocket"
)

const (
	firstWait   = 500 * time.Millisecond
	longestWait = 30 * time.Second
	// The server pings after 20 seconds of silence: a minute without a sign of life is a dead connection.
	silenceMax      = time.Minute
	writeTimeMax    = 10 * time.Second
	messageBytesMax = 1 << 24
)

// Head is what tells one message from another. Sequence counts the messages of a channel from 1.
type Head struct {
	Type     string `json:"type"`
	Sequence int64  `json:"sequence"`
}

// Hello is the first message of a connection.
type Hello struct {
	Version  string   `json:"version"`
	Control  bool     `json:"control"`
	Channels []string `json:"channels"`
}

// Simulation tells how the simulation does. Before one was started it has nothing but its State.
type Simulation struct {
	State string `json:"state"`
	Run   string `json:"run"`
}

// MarketData has the newest prices. json.Number keeps their digits; it is empty where the server says null.
type MarketData struct {
	Timestamp  int64       `json:"timestamp"`
	Symbol     string      `json:"symbol"`
	LastPrice  json.Number `json:"last_price"`
	BidPrice   json.Number `json:"bid_price"`
	AskPrice   json.Number `json:"ask_price"`
	BidSize    json.Number `json:"bid_size"`
	AskSize    json.Number `json:"ask_size"`
	Volume24h  json.Number `json:"volume_24h"`
	TradeCount int64       `json:"trade_count"`
}

// Trade is one trade. Side is who came second: buy, sell, or auction.
type Trade struct {
	Timestamp   int64       `json:"timestamp"`
	Symbol      string      `json:"symbol"`
	TradeID     int64       `json:"trade_id"`
	Price       json.Number `json:"price"`
	Size        json.Number `json:"size"`
	Side        string      `json:"side"`
	BuyOrderID  int64       `json:"buy_order_id"`
	SellOrderID int64       `json:"sell_order_id"`
	Buyer       string      `json:"buyer"`
	Seller      string      `json:"seller"`
}

// News is one piece of news.
type News struct {
	Timestamp int64  `json:"timestamp"`
	Symbol    string `json:"symbol"`
	Text      string `json:"text"`
}

// Problem is what the server says when it does not do what was asked, or before it closes the connection.
type Problem struct {
	Code   string `json:"code"`
	Detail string `json:"detail"`
	Error  string `json:"error"`
}

type subscribe struct {
	Type     string   `json:"type"`
	Channels []string `json:"channels"`
}

// errRefused is an answer that would be the same if we asked again.
var errRefused = errors.New("refused")

// watch prints what comes, and checks that no trade is missing.
type watch struct {
	taken, missed int64
	count         int64
	run           string
	last          int64
}

func (w *watch) enough() bool { return w.count > 0 && w.taken >= w.count }

func (w *watch) take(text []byte) error {
	var head Head
	if err := json.Unmarshal(text, &head); err != nil {
		return err
	}
	if head.Sequence > 0 {
		w.taken++
	}
	switch head.Type {
	case "hello":
		return show(text, func(m *Hello) { fmt.Printf("connected to crossbook %s\n", m.Version) })
	case "simulation":
		return show(text, func(m *Simulation) {
			if m.Run != w.run {
				// Another simulation counts from one again.
				w.run, w.last = m.Run, 0
				fmt.Printf("%s: %s\n", m.State, m.Run)
			}
		})
	case "market_data":
		return show(text, func(m *MarketData) {
			fmt.Printf("%s  %s  %s  bid %s x %s  ask %s x %s\n", clock(m.Timestamp), m.Symbol, m.LastPrice,
				orNone(m.BidPrice), orNone(m.BidSize), orNone(m.AskPrice), orNone(m.AskSize))
		})
	case "trade":
		w.check(head.Sequence)
		return show(text, func(m *Trade) {
			fmt.Printf("%s  %s  %-4s %s at %s  #%d  %s from %s\n",
				clock(m.Timestamp), m.Symbol, m.Side, m.Size, m.Price, m.TradeID, m.Buyer, m.Seller)
		})
	case "news":
		return show(text, func(m *News) { fmt.Printf("%s  %s  %s\n", clock(m.Timestamp), m.Symbol, m.Text) })
	case "goodbye":
		return show(text, func(m *Problem) { log.Printf("the server ends the connection: %s", m.Detail) })
	case "error":
		var problem Problem
		if err := json.Unmarshal(text, &problem); err != nil {
			return err
		}
		return fmt.Errorf("%w: %s", errRefused, problem.Error)
	}
	return nil
}

// check tells of trades that are missing: they happened while there was no connection.
func (w *watch) check(sequence int64) {
	if w.last > 0 && sequence != w.last+1 {
		missed := sequence - w.last - 1
		w.missed += missed
		fmt.Printf("missed %d trades while away: GET /api/lab/trades has the newest 1,000\n", missed)
	}
	w.last = sequence
}

// show reads a message and prints it.
func show[Message any](text []byte, print func(*Message)) error {
	message := new(Message)
	if err := json.Unmarshal(text, message); err != nil {
		return err
	}
	print(message)
	return nil
}

func orNone(number json.Number) string {
	if number == "" {
		return "none"
	}
	return number.String()
}

func clock(timestamp int64) string { return time.UnixMicro(timestamp).UTC().Format("15:04:05.000") }

// follow takes messages of one connection until it breaks, there are enough, or somebody interrupts.
func follow(ctx context.Context, url string, channels []string, w *watch) error {
	// An address with no channels is silent, where one without `channels` would tell everything.
	stream, answer, err := websocket.DefaultDialer.DialContext(ctx, url+"/?channels=", nil)
	if err != nil {
		if answer != nil && answer.StatusCode < 500 && answer.StatusCode != http.StatusTooManyRequests {
			return fmt.Errorf("%w: %s", errRefused, answer.Status)
		}
		return err
	}
	// Reading does not look at the context, so an interrupt closes what is read.
	ctx, done := context.WithCancel(ctx)
	defer done()
	go func() {
		<-ctx.Done()
		stream.Close()
	}()
	stream.SetReadLimit(messageBytesMax)
	stream.SetPingHandler(func(data string) error {
		if err := stream.SetReadDeadline(time.Now().Add(silenceMax)); err != nil {
			return err
		}
		return stream.WriteControl(websocket.PongMessage, []byte(data), time.Now().Add(writeTimeMax))
	})
	// This may be sent again at any time, to follow other channels.
	if err := stream.WriteJSON(subscribe{"subscribe", channels}); err != nil {
		return err
	}
	for !w.enough() {
		if err := stream.SetReadDeadline(time.Now().Add(silenceMax)); err != nil {
			return err
		}
		_, text, err := stream.ReadMessage()
		if err != nil {
			return err
		}
		if err := w.take(text); err != nil {
			return err
		}
	}
	closing := websocket.FormatCloseMessage(websocket.CloseNormalClosure, "")
	return stream.WriteControl(websocket.CloseMessage, closing, time.Now().Add(writeTimeMax))
}

func main() {
	url := flag.String("url", "ws://127.0.0.1:8765", "where the stream is")
	names := flag.String("channels", "simulation,market_data,trade,news", "what to follow, with commas")
	count := flag.Int64("count", 0, "end after so many messages; 0 for never")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	w := &watch{count: *count}
	for wait := firstWait; ctx.Err() == nil && !w.enough(); {
		before := w.taken
		err := follow(ctx, *url, strings.Split(*names, ","), w)
		if errors.Is(err, errRefused) {
			log.Fatal(err)
		}
		if ctx.Err() != nil || w.enough() {
			break
		}
		if w.taken > before {
			wait = firstWait
		}
		// Consumers that all lost the same server should not all come back at the same moment.
		pause := wait/2 + time.Duration(rand.Int63n(int64(wait/2)))
		if wait *= 2; wait > longestWait {
			wait = longestWait
		}
		log.Printf("%v; again in %.1f s", err, pause.Seconds())
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
	}
	fmt.Printf("%d messages, %d trades missed\n", w.taken, w.missed)
}
