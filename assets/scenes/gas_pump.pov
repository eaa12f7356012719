// A red gas pump on its island before a brick wall.
// effcam's own work, Apache-2.0. A sample image of the page, rendered to the JPEG beside it by
// scripts/render_scenes (POV-Ray 3.7, antialiased with +A0.1 +R3) at this
// size: 320x400

#version 3.7;
global_settings { assumed_gamma 1 }
camera { location <-2.2, 1.8, -7> look_at <0, 1.45, 0> angle 29 right x*image_width/image_height }
light_source { <-20,30,-30> rgb 1.1 } light_source { <20,15,-30> rgb .3 shadowless }
sky_sphere { pigment { gradient y color_map { [0 rgb<.8,.86,.92>] [.6 rgb<.4,.6,.88>] } } }
plane { y, 0 pigment { granite scale .8 color_map { [0 rgb .45] [1 rgb .6] } } }
plane { -z, -14 pigment { brick rgb .5 rgb <.55,.3,.22> brick_size <1,.35,.5> mortar .05 } }
box { <-12,0,13>,<12,.6,13.9> pigment { rgb .3 } }
#declare C = rgb <.75,.06,.05>;
#declare P = finish { ambient .12 diffuse .7 specular .3 roughness .02 reflection .04 }
box { <-1.6,0,-1>,<1.6,.15,1> pigment { rgb .65 } }
union {
  box { <-.7,.15,-.4>,<.7,2,.4> pigment { C } finish { P } }
  box { <-.7,2,-.4>,<.7,2.6,.4> pigment { rgb .92 } finish { P } }
  box { <-.78,2.6,-.48>,<.78,2.78,.48> pigment { C } finish { P } }
  box { <-.55,1.35,-.43>,<.55,1.95,-.38> pigment { rgb .92 } finish { P } }
  // displays
  #declare I = 0; #while (I < 3) box { <-.45,1.72-.17*I,-.45>,<.1,1.85-.17*I,-.42> pigment { rgb <.5,.56,.42>*.5 } }
    text { ttf "crystal.ttf" "12.34", .01, 0 scale .13 translate <-.4,1.745-.17*I,-.455> pigment { rgb .02 } } #declare I = I+1; #end
  #declare I = 0; #while (I < 3) box { <-.5+.36*I,1.03,-.44>,<-.22+.36*I,1.25,-.38> pigment { rgb <.95,.8,.1> } } #declare I = I+1; #end
  box { <-.5,.35,-.41>,<.5,.9,-.39> pigment { rgb .88 } finish { P } }
  text { ttf "cyrvetic.ttf" "FUEL", .02, 0 scale .4 translate <-.42,2.15,-.42> pigment { C } }
  // nozzle and hose on the right side and front
  box { <.7,1.1,-.25>,<.85,1.7,.2> pigment { rgb .15 } }
  union { cylinder { <.92,1.15,-.1>,<.92,1.6,-.15>,.07 } cylinder { <.92,1.6,-.15>,<.92,1.75,-.42>,.05 } box { <.88,1.15,-.34>,<.96,1.2,-.05> } cylinder { <.92,1.2,-.32>,<.92,1.55,-.3>,.025 } pigment { rgb .08 } finish { specular .4 } }
  sphere_sweep { b_spline 9, <.92,1.3,-.1>,.05,<.92,1.15,-.1>,.05,<.95,.7,-.2>,.05,<1.05,.3,-.4>,.05,<1.25,.25,-.45>,.05,<1.35,.8,-.3>,.05,<1.25,1.8,-.1>,.05,<.9,2.4,0>,.05,<.6,2.5,0>,.05 pigment { rgb .05 } finish { specular .4 } }
}
