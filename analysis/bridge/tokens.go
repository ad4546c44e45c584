package bridge

import "usagereport/usage"

// Tokens say of a line whose quantity is tokens of a model what tokens they are. Several
// models, and what comes from a cache, do the same work at other prices: a change of the
// mix is neither more use nor another price.
type Tokens struct {
	Pool   string // whose tokens may take each other's place; "" for what is no tokens
	Model  string
	Output bool
	Kind   string        // of input: whether it comes from a cache
	Size   usage.Decimal // how many tokens a unit of quantity is
}

// A share is a part of a pool: all of it, one model, the input or output of a model, or one kind.
type share struct {
	Tokens
	owner string
	level int
}

// The levels of shares. What a level's share of the one above it changes is a lane of its own.
const (
	ofPool = iota
	ofModel
	ofSide
	ofKind
	levels
)

// share returns the part of its pool that tokens are in.
func (t Tokens) share(owner string, level int) share {
	s := share{owner: owner, level: level}
	s.Pool = t.Pool
	if level >= ofModel {
		s.Model = t.Model
	}
	if level >= ofSide {
		s.Output = t.Output
	}
	if level >= ofKind {
		s.Kind = t.Kind
	}
	return s
}

// A count is how many tokens were used.
type count struct{ prior, current usage.Decimal }

// pooled tells the things of tokens how much was used of what they are a part of, where their
// pool was used in both periods. What cannot be compared has no part in it.
func pooled(things []*thing, lines []Line, r relatives) {
	counts := map[share]*count{}
	of := map[*thing]Tokens{}
	for _, t := range things {
		k, ok := t.tokens(lines, r)
		if !ok {
			continue
		}
		one := usage.DecimalOf(1)
		prior, fits := Scaled(t.prior.Quantity, k.Size, one)
		current, alike := Scaled(t.current.Quantity, k.Size, one)
		if !fits || !alike {
			continue
		}
		of[t] = k
		for level := range levels {
			s := k.share(lines[t.lines[0]].Owner, level)
			if counts[s] == nil {
				counts[s] = &count{}
			}
			counts[s].prior, counts[s].current = counts[s].prior.Add(prior), counts[s].current.Add(current)
		}
	}
	for t, k := range of {
		var shares [levels]count
		for level := range levels {
			shares[level] = *counts[k.share(lines[t.lines[0]].Owner, level)]
		}
		if shares[ofPool].prior.Sign() > 0 && shares[ofPool].current.Sign() > 0 {
			t.shares = &shares
		}
	}
}

// tokens returns what tokens t is, if it is one kind of one model's, of one owner, whose
// quantities are known as the bill has them.
func (t *thing) tokens(lines []Line, r relatives) (k Tokens, ok bool) {
	k = lines[t.lines[0]].Tokens
	for _, i := range t.lines {
		if lines[i].Tokens != k || lines[i].Owner != lines[t.lines[0]].Owner {
			return k, false
		}
	}
	was, is := !t.prior.absent(), !t.current.absent()
	switch {
	case k.Pool == "", k.Size.Sign() <= 0, t.mixed, !t.priced, !was && !is, t.prior.derived() || t.current.derived(), t.leftOrCame(was, is):
		return k, false
	case was != is:
		renamed := t.kin != "" && r.ended[t.kin] && r.began[t.kin]
		return k, !renamed && len(t.lines) == 1 && t.prior.Quantity.Add(t.current.Quantity).Sign() > 0
	case t.prior.Quantity.Sign() <= 0 || t.current.Quantity.Sign() <= 0:
		return k, false
	}
	by, per, comparable := t.scale()
	return k, comparable && by == per
}

// mix takes out of the quantity effect of b what is by other shares of the pool: at the older
// price of t, its quantity would have grown with the pool, with its model, with that model's input or
// output, with its kind, each step one lane. ok is false where amounts do not fit.
func (t *thing) mix(b *Bridge) (ok bool) {
	c0 := t.prior.Cost
	var at [levels]usage.Decimal // the older cost, had it grown so
	for level, n := range t.shares {
		if at[level], ok = Scaled(c0, n.current, n.prior); !ok {
			return false
		}
	}
	end := c0.Add(b[Quantity]).Add(t.calendar).Add(t.missing)
	b[TokenKind] = at[ofSide].Sub(at[ofModel])
	b[CacheShare] = at[ofKind].Sub(at[ofSide])
	b[ModelMix] = at[ofModel].Sub(at[ofPool]).Add(end.Sub(at[ofKind])) // and of a model's meters
	b[Quantity] = at[ofPool].Sub(c0).Sub(t.calendar).Sub(t.missing)
	return true
}

// ended is the bridge of a part of a pool that is not used any more.
func (t *thing) ended() (b Bridge, ok bool) {
	b[Calendar], b[Missing] = t.calendar, t.missing
	b[Quantity] = usage.Decimal{}.Sub(t.prior.Cost).Sub(t.calendar).Sub(t.missing)
	ok = t.mix(&b)
	return b, ok
}

// began is the lane of a part of a pool that was not used before: that of the first share that is
// new.
func (t *thing) began() Lane {
	switch {
	case t.shares[ofModel].prior.Sign() > 0 && t.shares[ofSide].prior.Sign() == 0:
		return TokenKind
	case t.shares[ofSide].prior.Sign() > 0 && t.shares[ofKind].prior.Sign() == 0:
		return CacheShare
	}
	return ModelMix
}
