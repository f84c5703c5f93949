//! The memory of one produce request: what it named and what becomes of each partition; kept for later requests.
//!
//! Owner: a request in flight, else its core's pool. Invariants: names are copied out of the frame, so that a
//! request that waits for the disk pins none of its records; places stand in the request's order; what the pool
//! keeps is bounded by `KEPT_PLACES_MAX`, so a steady load allocates nothing and a rare huge one leaves nothing.

use crate::limits::KEPT_PLACES_MAX;
use crate::msg::{AppendItem, Outcome};
use ringlog_storage::planted::{Bug, planted};
use ringlog_wire::ErrorCode;
use ringlog_wire::hot::produce_request::ProduceView;
use ringlog_wire::ids::TopicId;
use std::cell::{Cell, RefCell};

/// One partition of a request.
#[derive(Debug)]
pub struct Place {
    /// Index as on the wire.
    pub index: i32,
    done: bool,
    outcome: Outcome,
}

impl Place {
    /// A place that waits, known to its request as `slot`.
    #[must_use]
    pub fn waiting(slot: u32, index: i32) -> Self {
        Self { index, done: false, outcome: Outcome::refused(slot, ErrorCode::RequestTimedOut) }
    }

    /// What it has become; while it waits, what it will become.
    #[must_use]
    pub fn outcome(&self) -> &Outcome {
        &self.outcome
    }

    /// The outcome that it will have once it is done.
    pub fn expect(&mut self, outcome: Outcome) {
        self.outcome = Outcome { slot: self.outcome.slot, ..outcome };
    }

    /// It is done; with `outcome` instead of the expected one, if given.
    ///
    /// # Panics
    /// If it was done before.
    pub fn end(&mut self, outcome: Option<Outcome>) {
        assert!(!self.done, "a place is done once");
        self.done = true;
        if let Some(outcome) = outcome {
            self.expect(outcome);
        }
    }
}

/// One topic of a request: what of the names and of the places is its own ends here.
#[derive(Debug)]
struct TopicEntry {
    id: TopicId,
    name_end: usize,
    places_end: usize,
}

/// See the module's text.
#[derive(Debug, Default)]
pub struct Room {
    /// One per partition, in the request's order.
    pub places: Vec<Place>,
    topics: Vec<TopicEntry>,
    names: String,
}

impl Room {
    /// Bytes that one partition of a request takes here at most, with what may have to be said about it.
    pub const PLACE_COST: usize = 256;

    /// Notes the topics and partitions of `view`; every place waits.
    pub fn note(&mut self, view: &ProduceView<'_>) {
        let mut walk = view.walk();
        while let Some(topic) = walk.next_topic() {
            self.names.push_str(topic.name);
            while let Some(p) = walk.next_partition() {
                self.places.push(Place::waiting(self.places.len() as u32, p.index));
            }
            let (name_end, places_end) = (self.names.len(), self.places.len());
            self.topics.push(TopicEntry { id: topic.id, name_end, places_end });
        }
    }

    /// Notes the batches that another core sent: places only.
    pub fn note_items(&mut self, items: &[AppendItem]) {
        let slot = |i: &AppendItem| if planted(Bug::AnswerOfAnotherPartition) { 0 } else { i.slot };
        self.places.extend(items.iter().map(|i| Place::waiting(slot(i), 0)));
    }

    /// Topics in the request.
    #[must_use]
    pub fn topics_len(&self) -> usize {
        self.topics.len()
    }

    /// Name, id and places of each topic.
    pub fn topics(&self) -> impl Iterator<Item = (&str, TopicId, &[Place])> {
        self.topics.iter().scan((0, 0), |(name, place), t| {
            let text = self.names.get(*name..t.name_end).unwrap_or_default();
            let places = self.places.get(*place..t.places_end).unwrap_or_default();
            (*name, *place) = (t.name_end, t.places_end);
            Some((text, t.id, places))
        })
    }

    /// No place can change any more: what waits has timed out.
    pub fn settle(&mut self) {
        for place in self.places.iter_mut().filter(|p| !p.done) {
            place.end(Some(Outcome::refused(0, ErrorCode::RequestTimedOut)));
        }
    }

    fn clear(&mut self) {
        self.places.clear();
        self.topics.clear();
        self.names.clear();
    }

    /// What it keeps, in places.
    fn kept(&self) -> usize {
        self.places.capacity().max(self.topics.capacity()).max(self.names.capacity() / size_of::<Place>())
    }
}

/// Batches on their way to another core, and the memory of its answer.
pub type Parcel = (Vec<AppendItem>, Vec<Outcome>);

/// Rooms and parcels that wait for their next use. One per core.
#[derive(Debug, Default)]
pub struct Pool {
    rooms: RefCell<Vec<Room>>,
    parcels: RefCell<Vec<Parcel>>,
    kept: Cell<usize>,
}

impl Pool {
    /// An empty room.
    pub fn room(&self) -> Room {
        let Some(room) = self.rooms.borrow_mut().pop() else { return Room::default() };
        self.kept.set(self.kept.get() - room.kept());
        room
    }

    /// Keeps a room, if there is place for it.
    pub fn keep_room(&self, mut room: Room) {
        room.clear();
        if self.has_place(room.kept()) {
            self.rooms.borrow_mut().push(room);
        }
    }

    /// An empty parcel.
    pub fn parcel(&self) -> Parcel {
        let Some(parcel) = self.parcels.borrow_mut().pop() else { return Parcel::default() };
        self.kept.set(self.kept.get() - parcel_kept(&parcel));
        parcel
    }

    /// Keeps a parcel, if there is place for it.
    pub fn keep_parcel(&self, mut parcel: Parcel) {
        parcel.0.clear();
        parcel.1.clear();
        if self.has_place(parcel_kept(&parcel)) {
            self.parcels.borrow_mut().push(parcel);
        }
    }

    fn has_place(&self, more: usize) -> bool {
        let kept = self.kept.get() + more;
        let fits = more > 0 && kept <= KEPT_PLACES_MAX;
        if fits {
            self.kept.set(kept);
        }
        fits
    }
}

fn parcel_kept((items, outcomes): &Parcel) -> usize {
    items.capacity() * size_of::<AppendItem>().div_ceil(size_of::<Place>()) + outcomes.capacity()
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::{BufMut, BytesMut};

    fn note(room: &mut Room, topics: &[(&str, &[i32])]) {
        let mut b = BytesMut::new();
        b.put_i16(-1); // transactional id
        b.put_i16(-1);
        b.put_i32(1000);
        b.put_i32(topics.len() as i32);
        for (name, partitions) in topics {
            b.put_i16(name.len() as i16);
            b.put_slice(name.as_bytes());
            b.put_i32(partitions.len() as i32);
            for p in *partitions {
                b.put_i32(*p);
                b.put_i32(-1);
            }
        }
        room.note(&ProduceView::parse(&b, 3, 1000).unwrap());
    }

    #[test]
    fn topics_and_places_come_back_as_they_were_named() {
        let mut room = Room::default();
        note(&mut room, &[("a", &[3, 1]), ("", &[]), ("bc", &[0])]);
        let seen: Vec<_> = room
            .topics()
            .map(|(name, _, places)| (name.to_owned(), places.iter().map(|p| p.index).collect::<Vec<_>>()))
            .collect();
        assert_eq!(seen, [("a".into(), vec![3, 1]), (String::new(), vec![]), ("bc".into(), vec![0])]);
        assert_eq!(room.places.iter().map(|p| p.outcome().slot).collect::<Vec<_>>(), [0, 1, 2]);
    }

    #[test]
    fn an_expected_outcome_counts_only_once_its_place_is_done() {
        let mut room = Room::default();
        note(&mut room, &[("a", &[0, 1])]);
        for place in &mut room.places {
            place.expect(Outcome::refused(9, ErrorCode::None));
        }
        room.places[1].end(None);
        room.settle();
        let told: Vec<_> = room.places.iter().map(|p| (p.outcome().slot, p.outcome().error)).collect();
        assert_eq!(told, [(0, ErrorCode::RequestTimedOut), (1, ErrorCode::None)]);
    }

    #[test]
    fn a_pool_gives_memory_again_and_keeps_a_bounded_amount() {
        let pool = Pool::default();
        let mut room = pool.room();
        note(&mut room, &[("a", &[0; 100])]);
        let (kept, at) = (room.kept(), room.places.as_ptr());
        pool.keep_room(room);
        assert_eq!(pool.kept.get(), kept);
        let room = pool.room();
        assert!(room.places.is_empty() && room.topics_len() == 0);
        assert_eq!((room.places.as_ptr(), pool.kept.get()), (at, 0));
        let rooms = (0..KEPT_PLACES_MAX / 50).map(|_| {
            let mut room = Room::default();
            note(&mut room, &[("a", &[0; 100])]);
            room
        });
        rooms.for_each(|r| pool.keep_room(r));
        assert!(pool.kept.get() <= KEPT_PLACES_MAX);
        let sum: usize = pool.rooms.borrow().iter().map(Room::kept).sum();
        assert_eq!(sum, pool.kept.get());
    }
}
