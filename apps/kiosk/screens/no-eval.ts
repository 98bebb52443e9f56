"use client";
import { z } from "zod";

// Imported before anything that makes a schema: zod otherwise tries `new Function`, which the pages' policy forbids.
z.config({ jitless: true });
