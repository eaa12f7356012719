// A parachute coming down beside a church: two classes in one picture.
// effcam's own work, Apache-2.0. A sample image of the page, rendered to the JPEG beside it by
// scripts/render_scenes (POV-Ray 3.7, antialiased with +A0.1 +R3) at this
// size: 360x320

#version 3.7;
global_settings { assumed_gamma 1 }
#include "church.inc"
#include "parachute.inc"

camera { location <-9,2.2,-34> look_at <-1,8.6,0> angle 45 right x*image_width/image_height }
light_source { <-30,45,-30> rgb <1.2,1.15,1.05> }
light_source { <40,30,-30> rgb .25 shadowless }
sky_sphere {
  pigment { gradient y color_map { [0 rgb<.72,.82,.93>] [.6 rgb<.16,.36,.75>] } }
  pigment { bozo turbulence .7 scale <.5,.2,.5> color_map { [0 rgbt<1,1,1,.1>] [.4 rgbt 1] [1 rgbt 1] } }
}
plane { y, 0 pigment { bozo scale .4 color_map { [0 rgb<.08,.22,.04>] [1 rgb<.2,.36,.09>] } } normal { wrinkles 1 scale .1 } }
object { Church translate <6.5,0,10> }
object { Parachute scale 2.5 rotate <0,12,-5> translate <-6,10.5,0> no_shadow }
object { Tree(<10,0,6>, 1.3) }
object { Tree(<-8.5,0,15>, 1.4) }
object { Tree(<16,0,14>, 1.6) }
object { Tree(<-15,0,20>, 1.6) }
