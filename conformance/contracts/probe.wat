;; SPDX-License-Identifier: Apache-2.0
;; A contract that does what a contract should not, to see what the host makes of it. The message
;; is a JSON string; its first letter chooses what is done, the rest says it in words. `query` does
;; the same as `execute`, where writing is forbidden. What a probe finds out is kept under "seen".
(module
  (type $probe (func (result i32)))
  (import "env" "db_read" (func $db_read (param i32) (result i32)))
  (import "env" "db_write" (func $db_write (param i32 i32)))
  (import "env" "db_remove" (func $db_remove (param i32)))
  (import "env" "db_scan" (func $db_scan (param i32 i32 i32) (result i32)))
  (import "env" "db_next" (func $db_next (param i32) (result i32)))
  (import "env" "addr_validate" (func $addr_validate (param i32) (result i32)))
  (import "env" "addr_humanize" (func $addr_humanize (param i32 i32) (result i32)))
  (import "env" "secp256k1_verify" (func $secp256k1_verify (param i32 i32 i32) (result i32)))
  (import "env" "ed25519_verify" (func $ed25519_verify (param i32 i32 i32) (result i32)))
  (import "env" "abort" (func $abort (param i32)))
  (import "env" "debug" (func $debug (param i32)))
  (memory (export "memory") 4)
  (func (export "interface_version_8"))

  (data (i32.const 128) "{\"ok\":{\"messages\":[],\"attributes\":[],\"events\":[],\"data\":null}}") ;; 62 bytes
  (data (i32.const 256) "seen")
  (data (i32.const 264) "missing")
  (data (i32.const 272) "k1k2k3")
  (data (i32.const 288) "v1v2v3")
  (data (i32.const 304) "the probe speaks")
  (data (i32.const 320) "\ff\fe")
  (data (i32.const 336) "\02") ;; begins a public key; zeros follow it

  ;; What `allocate` does beside its work: 1 answers 0, 2 reads "k1", 3 reads a missing key.
  (global $allocate_does (mut i32) (i32.const 0))
  (global $free (mut i32) (i32.const 4096))
  (func $allocate (export "allocate") (param $size i32) (result i32)
    (if (i32.eq (global.get $allocate_does) (i32.const 1)) (then (return (i32.const 0))))
    (if (i32.eq (global.get $allocate_does) (i32.const 2))
      (then (drop (call $db_read (call $region (i32.const 272) (i32.const 2))))))
    (if (i32.eq (global.get $allocate_does) (i32.const 3))
      (then (drop (call $db_read (call $region (i32.const 264) (i32.const 7))))))
    (call $take (local.get $size)))
  (func (export "deallocate") (param i32))

  ;; A Region of `size` new bytes. Memory is only ever taken.
  (func $take (param $size i32) (result i32)
    (local $at i32)
    (local.set $at (global.get $free))
    (global.set $free
      (i32.and (i32.add (i32.add (local.get $at) (local.get $size)) (i32.const 19))
        (i32.const -8)))
    (call $write_region (local.get $at)
      (i32.add (local.get $at) (i32.const 12)) (local.get $size) (i32.const 0)))
  (func $write_region (param $at i32)
    (param $offset i32) (param $capacity i32) (param $length i32) (result i32)
    (i32.store (local.get $at) (local.get $offset))
    (i32.store offset=4 (local.get $at) (local.get $capacity))
    (i32.store offset=8 (local.get $at) (local.get $length))
    (local.get $at))
  ;; A Region of bytes that lie somewhere, or nowhere.
  (func $region (param $offset i32) (param $length i32) (result i32)
    (call $raw_region (local.get $offset) (local.get $length) (local.get $length)))
  (func $raw_region (param $offset i32) (param $capacity i32) (param $length i32) (result i32)
    (call $write_region (call $take (i32.const 0))
      (local.get $offset) (local.get $capacity) (local.get $length)))

  (func $nothing (result i32) (call $region (i32.const 128) (i32.const 62)))
  (func $see (param $region i32) (result i32)
    (call $db_write (call $region (i32.const 256) (i32.const 4)) (local.get $region))
    (call $nothing))
  (func $see_number (param $number i32) (result i32)
    (i32.store (i32.const 64) (local.get $number))
    (call $see (call $region (i32.const 64) (i32.const 4))))
  (func $read_and_see (param $key i32) (result i32)
    (call $see_number (call $db_read (local.get $key))))

  ;; --- Regions ---
  (func $a (result i32) (call $read_and_see (i32.const 0xfffffff0))) ;; its address
  (func $b (result i32) (call $read_and_see (call $region (i32.const 0) (i32.const 4))))
  (func $c (result i32)
    (call $read_and_see (call $raw_region (i32.const 256) (i32.const 4) (i32.const 5))))
  (func $d (result i32)
    (call $read_and_see (call $raw_region (i32.const 0xffffff00) (i32.const 0x200) (i32.const 1))))
  (func $e (result i32) (call $read_and_see (call $region (i32.const 0x3fffe) (i32.const 4))))
  (func $f (result i32) (call $read_and_see (call $region (i32.const 4096) (i32.const 65537))))
  (func $g (result i32) ;; a canonical address, and room for one byte
    (call $see_number
      (call $addr_humanize (call $region (i32.const 128) (i32.const 20)) (call $take (i32.const 1)))))
  (func $h (result i32) (i32.const 0)) ;; the answer's address
  (func $i (result i32) ;; the longest key, and a value too long
    (call $db_write (call $region (i32.const 4096) (i32.const 65536))
      (call $region (i32.const 4096) (i32.const 131073)))
    (call $nothing))

  ;; --- ending and speaking ---
  (func $j (result i32)
    (call $abort (call $region (i32.const 304) (i32.const 9)))
    (call $nothing))
  (func $k (result i32)
    (call $debug (call $region (i32.const 304) (i32.const 16)))
    (call $nothing))

  ;; --- allocate, called by the host ---
  (func $with_allocate (param $does i32) (result i32)
    (call $db_write (call $region (i32.const 272) (i32.const 2))
      (call $region (i32.const 288) (i32.const 2)))
    (global.set $allocate_does (local.get $does))
    (call $see (call $db_read (call $region (i32.const 272) (i32.const 2)))))
  (func $l (result i32) (call $with_allocate (i32.const 1)))
  (func $m (result i32) (call $with_allocate (i32.const 2)))
  (func $n (result i32) (call $with_allocate (i32.const 3)))

  ;; --- iterators ---
  ;; Appends what the iterator yields, up to its end, to the bytes at $to; the end of them.
  (func $collect (param $iterator i32) (param $to i32) (result i32)
    (local $pair i32)
    (local $length i32)
    (local $i i32)
    (loop $next
      (local.set $pair (call $db_next (local.get $iterator)))
      (local.set $length (i32.load offset=8 (local.get $pair)))
      (local.set $i (i32.const 0))
      (loop $copy
        (i32.store8 (i32.add (local.get $to) (local.get $i))
          (i32.load8_u (i32.add (i32.load (local.get $pair)) (local.get $i))))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br_if $copy (i32.lt_u (local.get $i) (local.get $length))))
      (local.set $to (i32.add (local.get $to) (local.get $length)))
      (br_if $next (i32.ne (local.get $length) (i32.const 8))))
    (local.get $to))
  (func $key (param $number i32) (result i32) ;; k1, k2, k3
    (call $region (i32.add (i32.const 270) (i32.shl (local.get $number) (i32.const 1)))
      (i32.const 2)))
  (func $write_three
    (local $i i32)
    (local.set $i (i32.const 3))
    (loop $next
      (call $db_write (call $key (local.get $i))
        (call $region (i32.add (i32.const 286) (i32.shl (local.get $i) (i32.const 1)))
          (i32.const 2)))
      (br_if $next (local.tee $i (i32.sub (local.get $i) (i32.const 1))))))
  (func $o (result i32) ;; [k1, k3) upwards; all that is left downwards; two iterators at once
    (local $up i32)
    (local $down i32)
    (local $end i32)
    (call $write_three)
    (local.set $up (call $db_scan (call $key (i32.const 1)) (call $key (i32.const 3)) (i32.const 1)))
    (call $db_remove (call $key (i32.const 2)))
    (local.set $down (call $db_scan (i32.const 0) (i32.const 0) (i32.const 2)))
    (local.set $end (call $collect (local.get $up) (i32.const 2048)))
    (local.set $end (call $collect (local.get $down) (local.get $end)))
    (call $see
      (call $region (i32.const 2048) (i32.sub (local.get $end) (i32.const 2048)))))
  (func $p (result i32)
    (call $see_number (call $db_scan (i32.const 0) (i32.const 0) (i32.const 3))))
  (func $q (result i32) (call $see (call $db_next (i32.const 7))))
  (func $r (result i32) ;; its start is its end
    (call $write_three)
    (call $see
      (call $db_next (call $db_scan (call $key (i32.const 2)) (call $key (i32.const 2)) (i32.const 1)))))

  ;; --- traps ---
  (func $s (result i32) (unreachable))
  (func $t (result i32) (i32.div_u (i32.const 1) (i32.const 0)))
  (func $u (result i32) (i32.add (call $u) (i32.const 1)))
  (func $v (result i32) (loop $forever (br $forever)) (unreachable))
  (func $w (result i32) ;; how many pages there can be
    (loop $grow (br_if $grow (i32.ne (memory.grow (i32.const 1)) (i32.const -1))))
    (call $see_number (memory.size)))

  ;; --- cryptography ---
  (func $x (result i32)
    (call $see_number
      (call $ed25519_verify (call $region (i32.const 304) (i32.const 16))
        (call $region (i32.const 2048) (i32.const 64)) (call $region (i32.const 2048) (i32.const 32)))))
  (func $y (result i32) ;; r and s are 0
    (call $see_number
      (call $secp256k1_verify (call $region (i32.const 2048) (i32.const 32))
        (call $region (i32.const 2048) (i32.const 64)) (call $region (i32.const 336) (i32.const 33)))))
  (func $z (result i32) ;; a signature of 65 bytes
    (call $see_number
      (call $ed25519_verify (call $region (i32.const 304) (i32.const 16))
        (call $region (i32.const 2048) (i32.const 65)) (call $region (i32.const 2048) (i32.const 32)))))

  ;; --- addresses ({ and | follow z) ---
  (func $not_utf8 (result i32)
    (call $see (call $addr_validate (call $region (i32.const 320) (i32.const 2)))))
  (func $no_address (result i32)
    (call $see (call $addr_validate (call $region (i32.const 320) (i32.const 0)))))

  (table 29 29 funcref)
  (elem (i32.const 0) $a $b $c $d $e $f $g $h $i $j $k $l $m $n $o $p $q $r $s $t $u $v $w $x $y $z
    $not_utf8 $no_address)
  (func $run (param $msg i32) (result i32)
    (call_indirect (type $probe)
      (i32.sub (i32.load8_u offset=1 (i32.load (local.get $msg))) (i32.const 0x61))))

  (func (export "instantiate") (param $env i32) (param $info i32) (param $msg i32) (result i32)
    (call $nothing))
  (func (export "execute") (param $env i32) (param $info i32) (param $msg i32) (result i32)
    (call $run (local.get $msg)))
  (func (export "reply") (param $env i32) (param $msg i32) (result i32) (call $nothing))
  (func (export "query") (param $env i32) (param $msg i32) (result i32)
    (call $run (local.get $msg))))
