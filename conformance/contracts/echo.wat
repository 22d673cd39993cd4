;; SPDX-License-Identifier: Apache-2.0
;; A contract whose answer is the message it gets, byte for byte: with it, what the chain does with
;; answers (submessages, replies, events, errors) is tested by data alone. Before it answers, it
;; keeps the message under the key "last", so that what was undone can be seen.
;;   execute, instantiate, migrate   keep the message, answer with it
;;   {"ask":REQUEST}                 keep the chain's answer to the query REQUEST, answer empty
;;   sudo                            keep the message as the answer of later replies
;;   reply                           keep the Reply under "reply", answer as sudo said, or empty
;;   query                           answer with the message; {"ask":REQUEST}: with the answer to it
(module
  (import "env" "db_read" (func $db_read (param i32) (result i32)))
  (import "env" "db_write" (func $db_write (param i32 i32)))
  (import "env" "query_chain" (func $query_chain (param i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "interface_version_8"))

  ;; Regions: keys "last" at 16, "reply" at 32, "on_reply" at 48; the empty answer at 64
  (data (i32.const 16) "\60\00\00\00\04\00\00\00\04\00\00\00")
  (data (i32.const 32) "\68\00\00\00\05\00\00\00\05\00\00\00")
  (data (i32.const 48) "\70\00\00\00\08\00\00\00\08\00\00\00")
  (data (i32.const 64) "\80\00\00\00\3e\00\00\00\3e\00\00\00")
  (data (i32.const 96) "last")
  (data (i32.const 104) "reply")
  (data (i32.const 112) "on_reply")
  (data (i32.const 128) "{\"ok\":{\"messages\":[],\"attributes\":[],\"events\":[],\"data\":null}}")

  ;; Memory is only ever taken: an instance lives for one call.
  (global $free (mut i32) (i32.const 4096))
  (func $allocate (export "allocate") (param $size i32) (result i32)
    (local $region i32)
    (local.set $region (global.get $free))
    (global.set $free
      (i32.and (i32.add (i32.add (local.get $region) (local.get $size)) (i32.const 19))
        (i32.const -8)))
    (block $enough
      (loop $grow
        (br_if $enough
          (i32.le_u (global.get $free) (i32.mul (memory.size) (i32.const 65536))))
        (br_if $grow (i32.ne (memory.grow (i32.const 1)) (i32.const -1)))
        (return (i32.const 0))))
    (i32.store (local.get $region) (i32.add (local.get $region) (i32.const 12)))
    (i32.store offset=4 (local.get $region) (local.get $size))
    (i32.store offset=8 (local.get $region) (i32.const 0))
    (local.get $region))
  (func (export "deallocate") (param i32))

  ;; A Region of bytes that lie somewhere.
  (func $region (param $at i32) (param $length i32) (result i32)
    (local $region i32)
    (local.set $region (call $allocate (i32.const 0)))
    (i32.store (local.get $region) (local.get $at))
    (i32.store offset=4 (local.get $region) (local.get $length))
    (i32.store offset=8 (local.get $region) (local.get $length))
    (local.get $region))

  ;; Whether the message is {"ask":REQUEST}: nothing else has an "a" there.
  (func $asks (param $msg i32) (result i32)
    (i32.eq (i32.load8_u offset=2 (i32.load (local.get $msg))) (i32.const 0x61)))

  ;; The chain's answer to the request in {"ask":REQUEST}: {"ok":{"ok":BASE64}} if all is well.
  (func $ask (param $msg i32) (result i32)
    (call $query_chain
      (call $region (i32.add (i32.load (local.get $msg)) (i32.const 7))
        (i32.sub (i32.load offset=8 (local.get $msg)) (i32.const 8)))))

  (func $keep_and_answer (param $msg i32) (result i32)
    (if (call $asks (local.get $msg))
      (then
        (call $db_write (i32.const 16) (call $ask (local.get $msg)))
        (return (i32.const 64))))
    (call $db_write (i32.const 16) (local.get $msg))
    (local.get $msg))

  (func (export "instantiate") (param $env i32) (param $info i32) (param $msg i32) (result i32)
    (call $keep_and_answer (local.get $msg)))
  (func (export "execute") (param $env i32) (param $info i32) (param $msg i32) (result i32)
    (call $keep_and_answer (local.get $msg)))
  (func (export "migrate") (param $env i32) (param $msg i32) (result i32)
    (call $keep_and_answer (local.get $msg)))

  (func (export "sudo") (param $env i32) (param $msg i32) (result i32)
    (call $db_write (i32.const 48) (local.get $msg))
    (i32.const 64))

  (func (export "reply") (param $env i32) (param $msg i32) (result i32)
    (local $answer i32)
    (call $db_write (i32.const 32) (local.get $msg))
    (local.set $answer (call $db_read (i32.const 48)))
    (select (local.get $answer) (i32.const 64) (local.get $answer)))

  ;; Of {"ok":{"ok":BASE64}}, what is inside is the answer to a query.
  (func (export "query") (param $env i32) (param $msg i32) (result i32)
    (local $answer i32)
    (if (i32.eqz (call $asks (local.get $msg))) (then (return (local.get $msg))))
    (local.set $answer (call $ask (local.get $msg)))
    (if (i32.eq (i32.load8_u offset=2 (i32.load (local.get $answer))) (i32.const 0x65)) ;; error
      (then (return (local.get $answer))))
    (call $region (i32.add (i32.load (local.get $answer)) (i32.const 6))
      (i32.sub (i32.load offset=8 (local.get $answer)) (i32.const 7)))))
