//! Sockets: echoes, files, clients that do not read or do not wait.

use super::*;
use std::thread;

/// Echoes until the client closes.
async fn echo(conn: TestConn) {
    let mut buf = BytesMut::new();
    while let Ok(n) = conn.recv(&mut buf, 64 << 10).await {
        if n == 0 {
            break;
        }
        let mut parts = vec![SendPart::Bytes(buf.split().freeze())];
        if conn.send(&mut parts).await.is_err() {
            break;
        }
        assert!(parts.is_empty());
    }
}

/// Accepts on every data core until the process stops; each connection runs `serve`.
fn server<F, P>(spec: Spec, serve: P) -> Running
where
    F: Future<Output = ()> + 'static,
    P: Fn(TestEnv, TestConn) -> F + Send + Sync + Clone + 'static,
{
    run(spec, move |env| {
        let serve = serve.clone();
        async move {
            let (accepting, me) = (env.clone(), env.mesh().core());
            if me.0 < env.mesh().data_cores() {
                env.spawn(Lane::Produce, async move {
                    while let Ok(conn) = accepting.net().accept(0).await {
                        accepting.spawn(Lane::Produce, serve(accepting.clone(), conn));
                    }
                });
            }
            env.stopped().await;
        }
    })
    .unwrap()
}

fn finish(running: Running) -> Vec<CoreReport> {
    running.stop_handle().stop();
    running.join().unwrap()
}

#[test]
fn many_connections_on_two_cores_echo_what_they_sent() {
    let dir = TempDir::new();
    let spec = Spec::new(2, any_port(), vec![dir.0.clone()]);
    let running = server(spec, |_, conn| echo(conn));
    let addr = running.addrs[0];
    let clients: Vec<_> = (0..64usize)
        .map(|i| {
            thread::spawn(move || {
                let mut stream = TcpStream::connect(addr).unwrap();
                for round in 0..20 {
                    let message = pattern(1 + i * 97 + round * 1013);
                    stream.write_all(&message).unwrap();
                    let mut back = vec![0; message.len()];
                    stream.read_exact(&mut back).unwrap();
                    assert_eq!(back, message);
                }
            })
        })
        .collect();
    clients.into_iter().for_each(|c| c.join().unwrap());
    finish(running);
}

#[test]
fn long_messages_survive_a_shortage_of_buffers() {
    let dir = TempDir::new();
    let mut spec = spec(&dir);
    spec.recv_buffers = 4;
    spec.recv_buffer_size = 4096;
    let running = server(spec, |_, conn| echo(conn));
    let addr = running.addrs[0];
    let clients: Vec<_> = (0..8usize)
        .map(|i| {
            thread::spawn(move || {
                let stream = TcpStream::connect(addr).unwrap();
                let message = pattern(3_000_000 + i);
                let (mut out, bytes) = (stream.try_clone().unwrap(), message.clone());
                let writer = thread::spawn(move || out.write_all(&bytes).unwrap());
                let mut back = vec![0; message.len()];
                (&stream).read_exact(&mut back).unwrap();
                assert!(back == message, "client {i} got other bytes back");
                writer.join().unwrap();
            })
        })
        .collect();
    clients.into_iter().for_each(|c| c.join().unwrap());
    finish(running);
}

/// Long messages are read from the socket, short ones from provided buffers: nothing is lost or turned around where
/// a connection goes from one to the other, and its end is seen in both.
#[test]
fn long_and_short_messages_take_turns() {
    let dir = TempDir::new();
    let running = server(spec(&dir), |_, conn| echo(conn));
    for last in [1, 1_000_000] {
        let mut stream = TcpStream::connect(running.addrs[0]).unwrap();
        let mut exchange = |message: &[u8]| {
            let (mut out, bytes) = (stream.try_clone().unwrap(), message.to_vec());
            let writer = thread::spawn(move || out.write_all(&bytes).unwrap());
            let mut back = vec![0; message.len()];
            stream.read_exact(&mut back).unwrap();
            assert!(back == message, "other bytes came back");
            writer.join().unwrap();
        };
        for round in 0..10 {
            exchange(&pattern(1_000_000 + round));
            // Enough for the stream to count as short again, in every second round.
            for n in 0..100 * (round % 2) {
                exchange(&[n as u8]);
            }
        }
        exchange(&pattern(last));
        stream.shutdown(std::net::Shutdown::Write).unwrap();
        assert_eq!(stream.read(&mut [0; 1]).unwrap(), 0, "the server has seen the end");
    }
    finish(running);
}

/// A client whose bytes never end keeps nobody else from the core.
#[test]
fn others_have_their_turn_between_reads_of_a_full_socket() {
    const LEN: usize = 3_000_000;
    let dir = TempDir::new();
    let running = server(spec(&dir), |env, conn| async move {
        let turns = Rc::new(Cell::new(0u64));
        let others = Rc::clone(&turns);
        env.spawn(Lane::Produce, async move {
            while others.get() < u64::MAX {
                others.set(others.get() + 1);
                yield_now().await;
            }
        });
        let (mut all, mut row, mut longest, mut seen) = (0, 0, 0, 0);
        let mut buf = BytesMut::new();
        while all < LEN {
            all += conn.recv(&mut buf, 64 << 10).await.unwrap();
            row = if turns.get() == seen { row + buf.len() } else { buf.len() };
            (longest, seen) = (longest.max(row), turns.get());
            buf.clear();
            if all < 1 << 20 {
                // The rest comes meanwhile and waits in the socket.
                let soon = env.clock().now().after(Duration::from_millis(5));
                env.clock().sleep_until(soon).await;
            }
        }
        turns.set(u64::MAX);
        conn.send(&mut vec![SendPart::Bytes(longest.to_be_bytes().to_vec().into())]).await.unwrap();
    });
    let mut stream = TcpStream::connect(running.addrs[0]).unwrap();
    stream.write_all(&pattern(LEN)).unwrap();
    let mut longest = [0; 8];
    stream.read_exact(&mut longest).unwrap();
    let longest = usize::from_be_bytes(longest);
    assert!(longest <= 512 << 10, "{longest} bytes in a row");
    finish(running);
}

#[test]
fn a_reader_that_stays_away_stops_the_sender_and_loses_nothing() {
    let dir = TempDir::new();
    let mut spec = spec(&dir);
    spec.recv_buffers = 8;
    spec.recv_buffer_size = 4096;
    let running = server(spec, |env, conn| async move {
        let mut buf = BytesMut::new();
        conn.recv(&mut buf, 1).await.unwrap();
        // Everyone else is served while this connection is not read.
        let pause = env.clock().now().after(Duration::from_millis(if buf[0] == 7 { 100 } else { 0 }));
        env.clock().sleep_until(pause).await;
        let mut sum = u64::from(buf[0]);
        buf.clear();
        while conn.recv(&mut buf, 10_000).await.unwrap() > 0 {
            sum += buf.iter().map(|b| u64::from(*b)).sum::<u64>();
            buf.clear();
        }
        conn.send(&mut vec![SendPart::Bytes(sum.to_be_bytes().to_vec().into())]).await.unwrap();
    });
    let addr = running.addrs[0];
    let clients: Vec<_> = (0..4u8)
        .map(|i| {
            thread::spawn(move || {
                let mut stream = TcpStream::connect(addr).unwrap();
                let mut message = pattern(2_000_000);
                message[0] = if i == 0 { 7 } else { 1 };
                stream.write_all(&message).unwrap();
                stream.shutdown(std::net::Shutdown::Write).unwrap();
                let mut sum = [0; 8];
                stream.read_exact(&mut sum).unwrap();
                assert_eq!(u64::from_be_bytes(sum), message.iter().map(|b| u64::from(*b)).sum::<u64>());
            })
        })
        .collect();
    clients.into_iter().for_each(|c| c.join().unwrap());
    finish(running);
}

#[test]
fn file_parts_arrive_equal_warm_and_cold() {
    const LEN: usize = 3_000_001;
    let dir = TempDir::new();
    let path = dir.0.join("segment.log");
    std::fs::write(&path, pattern(LEN)).unwrap();
    let evict = std::fs::File::open(&path).unwrap();
    evict.sync_all().unwrap();
    let running = server(spec(&dir), move |env, conn| {
        let path = path.clone();
        async move {
            let file = env.disk().open(&path, OpenMode::READ).await.unwrap();
            let mut ask = BytesMut::new();
            while conn.recv(&mut ask, 1).await.unwrap_or(0) > 0 {
                let region = |pos: usize, len| FileRegion { file: file.clone(), pos: pos as u64, len };
                let mut parts = vec![
                    SendPart::Bytes(Bytes::from_static(b"head")),
                    SendPart::File(region(1, LEN / 2)),
                    SendPart::Bytes(Bytes::new()),
                    SendPart::Bytes(Bytes::from_static(b"middle")),
                    SendPart::File(region(1 + LEN / 2, LEN - 1 - LEN / 2)),
                ];
                conn.send(&mut parts).await.unwrap();
            }
            // Beyond the end of the file is an error, not silence.
            let beyond = FileRegion { file, pos: LEN as u64 - 1, len: 2 };
            let error = conn.send(&mut vec![SendPart::File(beyond)]).await.unwrap_err();
            assert_eq!(error.kind(), std::io::ErrorKind::Other);
        }
    });
    let mut stream = TcpStream::connect(running.addrs[0]).unwrap();
    let whole = pattern(LEN);
    let expected = [b"head".as_slice(), &whole[1..=LEN / 2], b"middle", &whole[1 + LEN / 2..]].concat();
    for round in 0..3 {
        if round != 1 {
            let drop_pages = nix::fcntl::PosixFadviseAdvice::POSIX_FADV_DONTNEED;
            nix::fcntl::posix_fadvise(&evict, 0, 0, drop_pages).unwrap();
        }
        stream.write_all(b"x").unwrap();
        let mut back = vec![0; expected.len()];
        stream.read_exact(&mut back).unwrap();
        assert!(back == expected, "round {round}");
    }
    let total = |of: fn(&Counters) -> &AtomicU64| -> u64 {
        running.counters().map(|c| of(c).load(Ordering::Relaxed)).sum()
    };
    assert!(!OWN_RING || total(|c| &c.sendfile_pieces) > 0, "the second round is warm");
    assert!(total(|c| &c.cold_pieces) > 0, "the first round is cold");
    stream.shutdown(std::net::Shutdown::Write).unwrap();
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).unwrap();
    finish(running);
}

#[test]
fn shutdown_ends_pending_calls_and_sockets_close() {
    let dir = TempDir::new();
    let done = std::sync::Arc::new(AtomicU64::new(0));
    let count = std::sync::Arc::clone(&done);
    let running = server(spec(&dir), move |env, conn| {
        let count = std::sync::Arc::clone(&count);
        async move {
            assert_eq!(conn.local().ip(), conn.peer().ip());
            let (reader, sender) = (conn.clone(), conn.clone());
            let ended = Rc::new(Cell::new(0));
            let (one, two) = (Rc::clone(&ended), Rc::clone(&ended));
            env.spawn(Lane::Produce, async move {
                assert_eq!(reader.recv(&mut BytesMut::new(), 10).await.unwrap_or(0), 0);
                one.set(one.get() + 1);
            });
            env.spawn(Lane::Produce, async move {
                // Far more than the socket takes: the client does not read.
                let mut parts = vec![SendPart::Bytes(vec![0; 64 << 20].into())];
                sender.send(&mut parts).await.unwrap_err();
                two.set(two.get() + 1);
            });
            let soon = env.clock().now().after(Duration::from_millis(20));
            env.clock().sleep_until(soon).await;
            assert_eq!(ended.get(), 0);
            conn.shutdown();
            while ended.get() < 2 {
                yield_now().await;
            }
            count.store(1, Ordering::Release);
        }
    });
    let mut stream = TcpStream::connect(running.addrs[0]).unwrap();
    // Wait for the orderly end without taking bytes out of the socket.
    let mut byte = [0; 1];
    while done.load(Ordering::Acquire) == 0 {
        thread::yield_now();
    }
    let _ = stream.read(&mut byte);
    finish(running);
}

#[test]
fn a_connection_dropped_while_it_sends_closes_for_the_client() {
    let dir = TempDir::new();
    let running = server(spec(&dir), |_, conn| async move {
        let mut parts = vec![SendPart::Bytes(vec![1; 64 << 20].into())];
        let mut send = Box::pin(async move { conn.send(&mut parts).await });
        poll_fn(|cx| {
            assert!(send.as_mut().poll(cx).is_pending());
            std::task::Poll::Ready(())
        })
        .await;
    });
    let mut stream = TcpStream::connect(running.addrs[0]).unwrap();
    let mut rest = Vec::new();
    let _ = stream.read_to_end(&mut rest);
    assert!(rest.len() < 64 << 20);
    finish(running);
}

#[test]
fn a_send_to_a_client_that_never_reads_ends_with_an_error() {
    let dir = TempDir::new();
    let mut spec = spec(&dir);
    spec.send_timeout = Duration::from_millis(50);
    let done = std::sync::Arc::new(AtomicU64::new(0));
    let count = std::sync::Arc::clone(&done);
    let running = server(spec, move |_, conn| {
        let count = std::sync::Arc::clone(&count);
        async move {
            let mut parts = vec![SendPart::Bytes(vec![0; 64 << 20].into())];
            // ETIMEDOUT ends a send that had begun short, so the error of the next one is told: EPIPE.
            let result = conn.send(&mut parts).await;
            count.store(1, Ordering::Release);
            assert!(result.is_err() && parts.is_empty());
        }
    });
    let stream = TcpStream::connect(running.addrs[0]).unwrap();
    while done.load(Ordering::Acquire) == 0 {
        thread::yield_now();
    }
    drop(stream);
    finish(running);
}
